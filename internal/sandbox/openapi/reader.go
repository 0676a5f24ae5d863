package openapi

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// document0 is what the description is called while it is compiled.
const document0 = "mem:///description.json"

// reader reads the parts of a description.
type reader struct {
	root     node
	compiler *jsonschema.Compiler
}

// node is a place in the description.
type node struct {
	value   any
	pointer string // JSON pointer to it
}

func (n node) object() map[string]any {
	o, _ := n.value.(map[string]any)
	return o
}

func (n node) child(name string) node {
	escaped := strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	return node{n.object()[name], n.pointer + "/" + escaped}
}

func (n node) children() []node {
	list, _ := n.value.([]any)
	all := make([]node, len(list))
	for i, v := range list {
		all[i] = node{v, n.pointer + "/" + strconv.Itoa(i)}
	}
	return all
}

func (n node) text(name string) string {
	s, _ := n.object()[name].(string)
	return s
}

// resolve follows a reference to a component.
func (d *reader) resolve(n node) (node, error) {
	ref := n.text("$ref")
	if ref == "" {
		return n, nil
	}
	at := d.root
	path, ok := strings.CutPrefix(ref, "#/")
	for word := range strings.SplitSeq(path, "/") {
		at = at.child(word)
	}
	if !ok || at.value == nil {
		return n, fmt.Errorf("%q leads nowhere", ref)
	}
	return at, nil
}

// schema compiles the schema at a place. There, references are JSON Schema's.
func (d *reader) schema(n node) (*jsonschema.Schema, error) {
	if n.value == nil {
		return nil, errors.New(n.pointer + " is missing")
	}
	return d.compiler.Compile(document0 + "#" + n.pointer)
}

// path reads the operations of one path.
func (d *reader) path(path string, item node) (all []*Operation, err error) {
	for _, method := range []string{"get", "post", "put", "patch", "delete"} {
		n := item.child(method)
		if n.value == nil {
			continue
		}
		o := &Operation{Method: strings.ToUpper(method), Path: strings.TrimPrefix(path, "/"), query: map[string]*parameter{}}
		o.words = strings.Split(o.Path, "/")
		for _, p := range append(item.child("parameters").children(), n.child("parameters").children()...) {
			if err := d.parameter(o, p); err != nil {
				return nil, err
			}
		}
		if err := d.operation(o, n); err != nil {
			return nil, fmt.Errorf("%s: %w", method, err)
		}
		all = append(all, o)
	}
	return all, nil
}

func (d *reader) operation(o *Operation, n node) (err error) {
	if o.Scheme, err = d.scheme(n); err != nil {
		return err
	}
	if body := n.child("requestBody"); body.value != nil {
		if body, err = d.resolve(body); err != nil {
			return err
		}
		o.required, _ = body.object()["required"].(bool)
		if o.body, err = d.content(body); err != nil {
			return err
		}
	}
	o.responses = map[string]*response{}
	responses := n.child("responses")
	for _, status := range slices.Sorted(maps.Keys(responses.object())) {
		if o.responses[status], err = d.response(responses.child(status)); err != nil {
			return err
		}
		o.Statuses = append(o.Statuses, status)
	}
	return nil
}

func (d *reader) parameter(o *Operation, n node) error {
	n, err := d.resolve(n)
	if err != nil {
		return err
	}
	schema, err := d.schema(n.child("schema"))
	switch in, name := n.text("in"), n.text("name"); {
	case err != nil:
		return err
	case in == "query":
		o.query[name] = &parameter{schema}
	case in != "path":
		return fmt.Errorf("parameter %q is in %q", name, in)
	case !slices.Contains(o.words, "{"+name+"}"):
		return fmt.Errorf("the path has no {%s}", name)
	}
	return nil
}

// scheme is the one way of authentication that an operation takes.
// scheme reads the one way of authentication; an empty list says that there is none.
func (d *reader) scheme(n node) (string, error) {
	security := n.child("security")
	if security.value == nil {
		security = d.root.child("security")
	}
	if list, ok := security.value.([]any); ok && len(list) == 0 {
		return "", nil
	}
	for _, one := range security.children() {
		for name := range one.object() {
			scheme := d.root.child("components").child("securitySchemes").child(name)
			return scheme.text("scheme"), nil
		}
	}
	return "", errors.New("no security scheme")
}

func (d *reader) response(n node) (*response, error) {
	n, err := d.resolve(n)
	if err != nil {
		return nil, err
	}
	c, err := d.content(n)
	if err != nil {
		return nil, err
	}
	r := &response{content: c}
	headers := n.child("headers")
	for name := range headers.object() {
		if required, _ := headers.child(name).object()["required"].(bool); required {
			r.headers = append(r.headers, name)
		}
	}
	return r, nil
}

// content reads the media types of a body. An answer may have none, and no body then.
func (d *reader) content(n node) (*content, error) {
	types := n.child("content")
	c := &content{types: map[string]*jsonschema.Schema{}}
	for mediaType := range types.object() {
		schema, err := d.schema(types.child(mediaType).child("schema"))
		if err != nil {
			return nil, err
		}
		c.types[mediaType] = schema
	}
	return c, nil
}

// elsewhere reads the answers to requests for no operation: those of the components that have an x-status.
func (d *reader) elsewhere() (map[string]*response, error) {
	all := map[string]*response{}
	responses := d.root.child("components").child("responses")
	for name := range responses.object() {
		status := responses.child(name).object()["x-status"]
		if status == nil {
			continue
		}
		r, err := d.response(responses.child(name))
		if err != nil {
			return nil, err
		}
		all[fmt.Sprint(status)] = r
	}
	return all, nil
}

// base reads the path of the first server, which all paths are under.
func (d *reader) base() (words []string, err error) {
	servers := d.root.child("servers").children()
	if len(servers) == 0 {
		return nil, errors.New("no servers")
	}
	u, err := url.Parse(servers[0].text("url"))
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' }), nil
}

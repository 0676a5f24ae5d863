package conformance

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Observation is what counts of an answer: nothing in it is a value of the account, but for the error's text.
type Observation struct {
	Status  int
	Code    int               // of an error, 0 for none
	Text    string            // of an error, or of an answer that is not JSON; as it came
	Types   map[string]string // by path, such as "sources[].name"; nil for an answer that is not JSON
	Headers map[string]string // "" is absent
	Aspect  string            // "" where the answer does not tell
}

// Observe returns what counts of the answer to a case. written are the settings that were sent when the destination was
// created.
func Observe(c Case, a Answer, written int) Observation {
	o := Observation{Status: a.Status, Headers: headersOf(a.Header)}
	var body any
	if json.Unmarshal(a.Body, &body) != nil {
		o.Text = string(a.Body)
		return o
	}
	o.Types = map[string]string{}
	collect(o.Types, "", body)
	if fields, isObject := body.(map[string]any); isObject {
		if text, isText := fields["error"].(string); isText && a.Status >= http.StatusBadRequest {
			o.Text = text
			code, _ := fields["code"].(float64)
			o.Code = int(code)
		} else {
			o.Aspect = aspectOf(c.Aspect, fields, written)
		}
	}
	return o
}

// headersOf returns the headers that clients act upon: what the body is by name, of the others whether they are there.
func headersOf(h http.Header) map[string]string {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	headers := map[string]string{"Content-Type": kind}
	for _, name := range []string{"Retry-After", "Www-Authenticate", "Location"} {
		if headers[name] = ""; h.Get(name) != "" {
			headers[name] = "present"
		}
	}
	return headers
}

// isOpaque reports whether what is below a path is the customer's, or differs from one entry to the next.
func isOpaque(path string) bool {
	for _, end := range []string{"config[].value", "labels", "rules.events[].rules", "rules.global", "rules.identify", "rules.group", "settings[]"} {
		if path == end || strings.HasSuffix(path, "."+end) {
			return true
		}
	}
	return false
}

// collect writes down the types of a value and of all that is in it.
func collect(types map[string]string, path string, value any) {
	kind := typeOf(value)
	if isOpaque(path) {
		if types[path] = kind; strings.HasSuffix(path, "value") {
			types[path] = "any"
		}
		return
	}
	if had := types[path]; had != "" && had != kind && !slices.Contains(strings.Split(had, " or "), kind) {
		both := append(strings.Split(had, " or "), kind)
		slices.Sort(both)
		kind = strings.Join(both, " or ")
	}
	types[path] = kind
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			collect(types, strings.TrimPrefix(path+"."+name, "."), member)
		}
	case []any:
		for _, item := range v {
			collect(types, path+"[]", item)
		}
	}
}

func typeOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "list"
	}
	return "object"
}

func aspectOf(aspect Aspect, fields map[string]any, written int) string {
	switch aspect {
	case PageSize:
		items, _ := fields["destinations"].([]any)
		if next, _ := fields["next_page_token"].(string); next != "" {
			return strconv.Itoa(len(items))
		}
	case Mode:
		mode, _ := fields["connection_mode"].(string)
		if slices.Contains([]string{"UNSPECIFIED", "CLOUD", "DEVICE"}, mode) {
			return mode
		}
		return "another"
	case Settings:
		config, _ := fields["config"].([]any)
		if len(config) > written {
			return "others too"
		}
		return "those written"
	case None:
	}
	return ""
}

// Fields returns the names of the answer's own fields, sorted, with spaces between.
func (o Observation) Fields() string {
	var names []string
	for path := range o.Types {
		if path != "" && !strings.ContainsAny(path, ".[") {
			names = append(names, path)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// Fails says in which way an observation is not what is wanted of the sandbox, "" for in none.
func (w Want) Fails(o Observation) string {
	switch {
	case o.Status != w.Status:
		return "status " + strconv.Itoa(o.Status) + ", want " + strconv.Itoa(w.Status)
	case o.Code != w.Code:
		return "code " + strconv.Itoa(o.Code) + ", want " + strconv.Itoa(w.Code)
	case !strings.HasPrefix(o.Text, w.Text):
		return "text " + strconv.Quote(o.Text) + ", want " + strconv.Quote(w.Text)
	case w.Status < http.StatusBadRequest && o.Fields() != w.Fields:
		return "fields " + o.Fields() + ", want " + w.Fields
	case o.Aspect != w.Aspect:
		return "aspect " + strconv.Quote(o.Aspect) + ", want " + strconv.Quote(w.Aspect)
	}
	return ""
}

// count returns how many entries a JSON list has.
func count(list string) int {
	var entries []json.RawMessage
	if json.NewDecoder(bytes.NewReader([]byte(list))).Decode(&entries) != nil {
		return 0
	}
	return len(entries)
}

// Written returns how many settings the creation of the destination sends.
func (p Place) Written() int { return count(p.Config) }

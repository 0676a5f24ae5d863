package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Exchange is one request and its answer.
type Exchange struct {
	Request     *http.Request
	RequestBody []byte
	Status      int
	Header      http.Header // of the answer
	Body        []byte      // of the answer
}

// split takes a URL path apart, as the Config API does: doubled and trailing slashes count for nothing, and escaped ones
// are in no path that leads anywhere, unless the description has x-escaped-slashes. ok is false for paths that are not under
// the description's; such a path has no words where it leads nowhere by its form.
func (s *Spec) split(u *url.URL) (words []string, ok bool) {
	broken := false
	for word := range strings.SplitSeq(u.EscapedPath(), "/") {
		if word == "" {
			continue
		}
		decoded, err := url.PathUnescape(word)
		broken = broken || err != nil || !s.slashes && strings.Contains(decoded, "/")
		words = append(words, decoded)
	}
	n := len(s.base)
	if len(words) <= n || !slices.Equal(words[:n], s.base) {
		return nil, false
	}
	if broken {
		return nil, true
	}
	return words[n:], true
}

// Request judges a request. Those for other paths than the API's are right, and so is one without authentication that is
// answered with 401: somebody wants to know whether the API is there.
func (s *Spec) Request(x *Exchange) error {
	words, ours := s.split(x.Request.URL)
	if !ours {
		return nil
	}
	o, _ := s.find(x.Request.Method, words)
	if o == nil {
		return errors.New("no such operation")
	}
	scheme, _, _ := strings.Cut(x.Request.Header.Get("Authorization"), " ")
	// A request without credentials asks whether the API is there. A fault may have answered in the place of the 401.
	probe := scheme == "" && (x.Status == http.StatusUnauthorized || x.Status == 0 || x.Status >= http.StatusTooManyRequests)
	if o.Scheme != "" && !probe && !strings.EqualFold(scheme, o.Scheme) {
		return fmt.Errorf("authorization is by %q, not by %s", scheme, o.Scheme)
	}
	for name, values := range x.Request.URL.Query() {
		p, known := o.query[name]
		if !known {
			return fmt.Errorf("no parameter %q", name)
		}
		for _, v := range values {
			if err := p.schema.Validate(v); err == nil {
				continue
			}
			n, err := strconv.Atoi(v)
			if err == nil {
				err = p.schema.Validate(n)
			}
			if err != nil {
				return fmt.Errorf("parameter %s: %w", name, err)
			}
		}
	}
	switch {
	case len(x.RequestBody) == 0 && !o.required:
		return nil
	case len(x.RequestBody) == 0:
		return errors.New("no body")
	case o.body == nil:
		return errors.New("a body, where there is none")
	}
	return o.body.judge(x.Request.Header, x.RequestBody)
}

// Answer judges an answer, of the API's paths alone.
func (s *Spec) Answer(x *Exchange) error {
	words, ours := s.split(x.Request.URL)
	if !ours {
		return nil
	}
	o, known := s.find(x.Request.Method, words)
	status := strconv.Itoa(x.Status)
	var want *response
	switch {
	case !known || !serves(x.Request.Host):
		var listed bool
		if want, listed = s.noRoute[status]; !listed {
			return fmt.Errorf("status %s of a path that leads nowhere", status)
		}
	case o == nil:
		want = s.noMethod
		if x.Status != http.StatusMethodNotAllowed {
			return fmt.Errorf("status %s of a method that the path does not have", status)
		}
	default:
		var listed bool
		if want, listed = o.responses[status]; !listed {
			return fmt.Errorf("status %s is none of %s", status, strings.Join(o.Statuses, ", "))
		}
	}
	for _, name := range want.headers {
		if x.Header.Get(name) == "" {
			return fmt.Errorf("no header %s", name)
		}
	}
	if x.Request.Method == http.MethodHead {
		return nil
	}
	return want.judge(x.Header, x.Body)
}

// serves reports whether the API is at a host: it is not at the names of Segment's other servers.
func serves(host string) bool {
	name := strings.TrimSuffix((&url.URL{Host: strings.ToLower(host)}).Hostname(), ".")
	return name != "id.segmentapis.com" && name != "app.segment.com"
}

// judge holds a body against its media type and its schema.
func (c *content) judge(header http.Header, body []byte) error {
	if len(c.types) == 0 {
		if len(body) > 0 {
			return errors.New("a body, where there is none")
		}
		return nil
	}
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	schema, listed := c.types[mediaType]
	if err != nil || !listed {
		return fmt.Errorf("content type %q, not %s", header.Get("Content-Type"), strings.Join(slices.Sorted(maps.Keys(c.types)), " or "))
	}
	var value any = string(body)
	if mediaType == "application/json" {
		if !json.Valid(body) { // UnmarshalJSON takes anything for an error, but says less
			return errors.New("not JSON")
		}
		if value, err = jsonschema.UnmarshalJSON(bytes.NewReader(body)); err != nil {
			return err
		}
	}
	return schema.Validate(value)
}

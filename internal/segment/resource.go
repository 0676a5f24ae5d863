package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// raw keeps the bytes that a resource was read from, and is what it marshals back to.
type raw struct{ bytes json.RawMessage }

func (r *raw) keep(data []byte) { r.bytes = append(json.RawMessage(nil), data...) }

// MarshalJSON returns the API's own object, unknown fields included.
func (r raw) MarshalJSON() ([]byte, error) {
	if r.bytes == nil {
		return []byte("null"), nil
	}
	return r.bytes, nil
}

// resource is what the typed resources have in common.
type resource[T any] interface {
	*T
	json.Unmarshaler
	resourceName() string
}

// get reads one resource.
func get[T any, P resource[T]](ctx context.Context, c *Client, path string) (P, error) {
	return read[T, P](ctx, c, &Request{Method: http.MethodGet, Path: path})
}

// read sends a request whose answer is one resource. Without a name it is none, though it be a success.
func read[T any, P resource[T]](ctx context.Context, c *Client, r *Request) (P, error) {
	into := P(new(T))
	if err := c.decode(ctx, r, into); err != nil {
		return nil, err
	}
	if into.resourceName() == "" {
		return nil, &AnswerError{r.Method, r.Path, "it is no resource, for it has no name"}
	}
	return into, nil
}

// anyTime is a time of an answer, and the zero time where the answer holds something else: nobody decides on it.
type anyTime struct{ time.Time }

func (t *anyTime) UnmarshalJSON(data []byte) error {
	if t.Time.UnmarshalJSON(data) != nil {
		t.Time = time.Time{}
	}
	return nil
}

// pageSize is what lists are asked for; Segment's own default is 10 or 100.
const pageSize = "100"

// list reads a collection page by page. Its key in the answer is the collection's name.
func list[T any, P resource[T]](ctx context.Context, c *Client, path, key string) iter.Seq2[P, error] {
	return func(yield func(P, error) bool) {
		query := url.Values{"page_size": {pageSize}}
		asked := map[string]bool{}
		for {
			var page map[string]json.RawMessage
			if err := c.decode(ctx, &Request{Method: http.MethodGet, Path: path, Query: query}, &page); err != nil {
				yield(nil, err)
				return
			}
			items, next, err := readPage[T, P](page, path, key)
			if err == nil && asked[next] {
				err = &AnswerError{http.MethodGet, path, "the next page is one that was read before"}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			asked[next] = true
			query.Set("page_token", next)
		}
	}
}

// failed is a list that could not be asked for.
func failed[P any](err error) iter.Seq2[P, error] {
	return func(yield func(P, error) bool) {
		var none P
		yield(none, err)
	}
}

// readPage takes a page apart. An object without the collection is one bare resource: the guide shows the workspaces of
// an install like that.
func readPage[T any, P resource[T]](page map[string]json.RawMessage, path, key string) (items []P, next string, err error) {
	bad := &AnswerError{http.MethodGet, path, fmt.Sprintf("it is no page of %s", key)}
	all, ok := page[key]
	if _, bare := page["name"]; !ok && bare {
		one, _ := json.Marshal(page)
		all, ok = json.RawMessage("["+string(one)+"]"), true
	}
	if ok && json.Unmarshal(all, &items) != nil {
		return nil, "", bad
	}
	if token, ok := page["next_page_token"]; ok && json.Unmarshal(token, &next) != nil {
		return nil, "", bad
	}
	return slices.DeleteFunc(items, func(item P) bool { return item == nil }), next, nil
}

package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
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
}

// get reads one resource.
func get[T any, P resource[T]](ctx context.Context, c *Client, path string) (P, error) {
	into := P(new(T))
	if err := c.decode(ctx, &Request{Method: http.MethodGet, Path: path}, into); err != nil {
		return nil, err
	}
	return into, nil
}

// pageSize is what lists are asked for; Segment's own default is 10 or 100.
const pageSize = "100"

// list reads a collection page by page. Its key in the answer is the collection's name.
func list[T any, P resource[T]](ctx context.Context, c *Client, path, key string) iter.Seq2[P, error] {
	return func(yield func(P, error) bool) {
		query := url.Values{"page_size": {pageSize}}
		for {
			var page map[string]json.RawMessage
			if err := c.decode(ctx, &Request{Method: http.MethodGet, Path: path, Query: query}, &page); err != nil {
				yield(nil, err)
				return
			}
			items, next, err := readPage[P](page, path, key)
			if err == nil && next != "" && next == query.Get("page_token") {
				err = &AnswerError{http.MethodGet, path, "the next page is this page again"}
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
			query.Set("page_token", next)
		}
	}
}

// readPage takes a page apart. An object without the collection is one bare resource: the guide shows the workspaces of
// an install like that.
func readPage[P any](page map[string]json.RawMessage, path, key string) (items []P, next string, err error) {
	bad := func() ([]P, string, error) {
		return nil, "", &AnswerError{http.MethodGet, path, fmt.Sprintf("it is no page of %s", key)}
	}
	all, ok := page[key]
	if _, bare := page["name"]; !ok && bare {
		one, _ := json.Marshal(page)
		all, ok = json.RawMessage("["+string(one)+"]"), true
	}
	if ok && json.Unmarshal(all, &items) != nil {
		return bad()
	}
	if token, ok := page["next_page_token"]; ok && json.Unmarshal(token, &next) != nil {
		return bad()
	}
	return items, next, nil
}

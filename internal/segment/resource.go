package segment

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/segctl/segctl/internal/secret"
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
	// check returns an error where the resource has no name, or names in it that are none.
	check() error
}

var errNoName = errors.New("it is no resource, for it has no name")

// checkName checks the name of a "workspace", "source" or "destination".
func checkName(name, kind string) error {
	if name == "" {
		return errNoName
	}
	parsed, err := ParseName(name)
	if err != nil {
		return err
	}
	return parsed.mustBe(kind)
}

// checked turns an error about the names in an answer into one about the answer.
func (c *Client) checked(r *Request, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errNoName):
		return r.wrong(err.Error())
	}
	return r.wrong(secret.Brief(c.redactor.Redact("it holds a name that is none: "+err.Error()), maxMessage))
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
	if err := c.checked(r, into.check()); err != nil {
		return nil, err
	}
	return into, nil
}

// pageSize is what lists are asked for; Segment's own default is 10 or 100.
const pageSize = "100"

// list reads a collection page by page. Its key in the answer is the collection's name.
func list[T any, P resource[T]](ctx context.Context, c *Client, path, key string) iter.Seq2[P, error] {
	return func(yield func(P, error) bool) {
		r := &Request{Method: http.MethodGet, Path: path, Query: url.Values{"page_size": {pageSize}}}
		for page, err := range c.Pages(ctx, r) {
			var items []P
			if err == nil {
				items, err = itemsOf[T, P](c, r, page, key)
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
		}
	}
}

// itemsOf returns the items of a page. An object without the collection is one bare resource: the guide shows the
// workspaces of an install like that.
func itemsOf[T any, P resource[T]](c *Client, r *Request, page *Page, key string) ([]P, error) {
	all := page.field(key)
	if all == nil && page.field("name") != nil {
		all = slices.Concat([]byte("["), page.Response.Body, []byte("]"))
	}
	var items []P
	if all != nil && json.Unmarshal(all, &items) != nil {
		return nil, r.wrong("it is no page of " + key)
	}
	items = slices.DeleteFunc(items, func(item P) bool { return item == nil })
	for _, item := range items {
		if err := c.checked(r, item.check()); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// failed is a list that could not be asked for.
func failed[P any](err error) iter.Seq2[P, error] {
	return func(yield func(P, error) bool) {
		var none P
		yield(none, err)
	}
}

// Collect reads a list to its end. Without an error it is never nil: as JSON, an empty list is a list.
func Collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	all := []T{}
	for item, err := range list {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}

// anyTime is a time of an answer, and the zero time where the answer holds something else: nobody decides on it.
type anyTime struct{ time.Time }

func (t *anyTime) UnmarshalJSON(data []byte) error {
	if t.Time.UnmarshalJSON(data) != nil {
		t.Time = time.Time{}
	}
	return nil
}

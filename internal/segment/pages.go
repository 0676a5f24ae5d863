package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/url"
)

const (
	// maxPages and maxListBytes bound a list, so that a server that pages for ever comes to an end. At Segment's rate
	// limit the pages take some 20 minutes.
	maxPages     = 2000
	maxListBytes = 64 << 20
)

// The field of an answer, and of a query, that leads to the next page.
const (
	nextPageToken = "next_page_token"
	pageToken     = "page_token"
)

// Page is one page of a list.
type Page struct {
	Response *Response // as it came
	Next     string    // token of the next page, "" on the last one

	fields []member
}

// Pages sends a GET and follows next_page_token to the last page. The error that ends it early comes beside the page
// whose answer is at fault, or beside nil where there was no answer. An answer that is no page, one that names a page that
// was read before, and a list that is too long to be one are *AnswerErrors.
func (c *Client) Pages(ctx context.Context, r *Request) iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		ask := *r
		ask.Query = url.Values{}
		maps.Copy(ask.Query, r.Query)
		asked := map[string]bool{ask.Query.Get(pageToken): true}
		for count, size := 1, 0; ; count++ {
			resp, err := c.Do(ctx, &ask)
			if resp == nil {
				yield(nil, err)
				return
			}
			page := &Page{Response: resp}
			size += len(resp.Body)
			if err == nil {
				err = page.read(r)
			}
			switch {
			case err != nil:
			case page.Next != "" && asked[page.Next]:
				err = r.wrong("the next page is one that was read before")
			case size > maxListBytes || count == maxPages && page.Next != "":
				err = r.wrong(fmt.Sprintf("its list is still not at its end after %d pages and %d MiB", count, size>>20))
			}
			if !yield(page, err) || err != nil || page.Next == "" {
				return
			}
			asked[page.Next] = true
			ask.Query.Set(pageToken, page.Next)
		}
	}
}

// read takes the page apart.
func (p *Page) read(r *Request) error {
	var ok bool
	if p.fields, ok = objectMembers(p.Response.Body); !ok {
		return r.wrong("it is no JSON object, so no page of a list")
	}
	if token := p.field(nextPageToken); token != nil && json.Unmarshal(token, &p.Next) != nil {
		return r.wrong(nextPageToken + " is no text")
	}
	return nil
}

// field returns a field of the page, nil where it has none.
func (p *Page) field(name string) json.RawMessage {
	var value json.RawMessage
	for _, m := range p.fields {
		if m.name == name {
			value = m.value // the last one counts, as in package encoding/json
		}
	}
	return value
}

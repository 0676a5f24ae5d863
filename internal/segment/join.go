package segment

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// JoinPages reads a list with [Client.Pages] and returns its pages as one answer: the first page, with the items of the
// others added to its list. A list of one page is the server's own bytes. seen is told of the answer of each page, and its
// error ends the reading. An answer that is no success is returned beside its error, instead of what was read so far.
func (c *Client) JoinPages(ctx context.Context, r *Request, seen func(*Response) error) (*Response, error) {
	j := joined{request: r}
	var last *Response
	for page, err := range c.Pages(ctx, r) {
		if page != nil {
			if last = page.Response; seen != nil {
				if err := seen(last); err != nil {
					return nil, err
				}
			}
		}
		switch {
		case err != nil && page != nil && !last.isSuccess():
			return last, err
		case err != nil:
			return nil, err
		}
		if err := j.add(page); err != nil {
			return nil, err
		}
	}
	return &Response{last.StatusCode, last.Header, j.body()}, nil
}

// joined are pages on their way to one document.
type joined struct {
	request *Request
	first   *Page
	key     string // of the list
	items   [][]byte
	count   int
}

// add adds one page.
func (j *joined) add(page *Page) error {
	if j.count++; j.count == 1 {
		if j.first = page; page.Next == "" {
			return nil
		}
	}
	if j.key == "" {
		j.key = j.listKey(page)
	}
	switch list := page.field(j.key); {
	case j.key == "" && len(page.fields) > 1:
		return j.request.wrong("it is a page without a list")
	case list != nil: // empty lists may be left out
		var items []json.RawMessage
		if json.Unmarshal(list, &items) != nil {
			return j.request.wrong(j.key + " is no list")
		}
		for _, item := range items {
			j.items = append(j.items, item)
		}
	}
	return nil
}

// listKey returns which field is the page's list: the one named like the collection, such as tracking_plans for
// tracking-plans, else the first list there is.
func (j *joined) listKey(page *Page) string {
	collection, _, _ := strings.Cut(IDOf(strings.TrimRight(j.request.Path, "/")), ":")
	collection = strings.ReplaceAll(collection, "-", "_")
	first := ""
	for _, m := range page.fields {
		switch {
		case m.name == collection:
			return collection
		case first == "" && bytes.HasPrefix(bytes.TrimSpace(m.value), []byte("[")):
			first = m.name
		}
	}
	return first
}

// body returns the joined document.
func (j *joined) body() []byte {
	if j.count == 1 {
		return j.first.Response.Body
	}
	fields := slices.Clone(j.first.fields)
	if j.key != "" && !slices.ContainsFunc(fields, func(m member) bool { return m.name == j.key }) {
		fields = slices.Insert(fields, 0, member{name: j.key})
	}
	b := bytes.NewBufferString("{")
	for i, m := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(append(encode(m.name), ':'))
		switch m.name {
		case j.key:
			b.WriteByte('[')
			b.Write(bytes.Join(j.items, []byte(",")))
			b.WriteByte(']')
		case nextPageToken:
			b.WriteString(`""`)
		default:
			b.Write(m.value)
		}
	}
	b.WriteString("}\n")
	return b.Bytes()
}

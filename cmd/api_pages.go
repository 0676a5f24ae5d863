package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/segment"
)

// allPages follows next_page_token and returns the pages joined into one answer, or the answer that was no page with the
// error it came with. seen is told of each page's answer.
func allPages(ctx context.Context, client *segment.Client, r *segment.Request, seen func(*segment.Response) error) (*segment.Response, error) {
	joined := pages{request: r}
	asked := map[string]bool{r.Query.Get("page_token"): true}
	for {
		resp, err := client.Do(ctx, r)
		if resp != nil {
			if err := seen(resp); err != nil {
				return nil, err
			}
		}
		if err != nil {
			return resp, err
		}
		next, err := joined.add(resp)
		if err != nil {
			return nil, err
		}
		if next == "" {
			return &segment.Response{StatusCode: resp.StatusCode, Header: resp.Header, Body: joined.body()}, nil
		}
		if asked[next] {
			return nil, joined.bad("the next page is one that was read before")
		}
		asked[next] = true
		r.Query.Set("page_token", next)
	}
}

// pages joins pages: the first one, with the items of the others added to its list.
type pages struct {
	request *segment.Request
	whole   []byte // the answer itself, as long as there is one page
	first   []member
	key     string // of the list
	items   []json.RawMessage
	count   int
}

const nextPageToken = "next_page_token"

// add takes one page and returns the token of the next.
func (p *pages) add(resp *segment.Response) (next string, err error) {
	page, ok := objectMembers(resp.Body)
	if !ok {
		return "", p.bad("it is no JSON object, so no page of a list")
	}
	for _, m := range page {
		if m.name == nextPageToken && json.Unmarshal(m.value, &next) != nil {
			return "", p.bad(nextPageToken + " is no text")
		}
	}
	if p.count++; p.count == 1 {
		p.whole, p.first = resp.Body, page
		if next == "" {
			return "", nil
		}
	}
	return next, p.take(page)
}

// take adds the items of a page. A page without the list has no items: empty lists may be left out.
func (p *pages) take(page []member) error {
	if p.key = p.listKey(page); p.key == "" && len(page) > 1 {
		return p.bad("it is a page without a list")
	}
	for _, m := range page {
		if m.name != p.key {
			continue
		}
		var items []json.RawMessage
		if json.Unmarshal(m.value, &items) != nil {
			return p.bad(m.name + " is no list")
		}
		p.items = append(p.items, items...)
	}
	return nil
}

// listKey returns which field is the page's list: the one named like the collection, such as tracking_plans for
// tracking-plans, else the first list there is.
func (p *pages) listKey(page []member) string {
	if p.key != "" {
		return p.key
	}
	collection, _, _ := strings.Cut(slugOf(p.request.Path), ":")
	collection = strings.ReplaceAll(collection, "-", "_")
	first := ""
	for _, m := range page {
		switch {
		case m.name == collection:
			return collection
		case first == "" && bytes.HasPrefix(bytes.TrimSpace(m.value), []byte("[")):
			first = m.name
		}
	}
	return first
}

// body returns the joined object. A single page is the server's own bytes.
func (p *pages) body() []byte {
	if p.count == 1 {
		return p.whole
	}
	if p.key != "" && !slices.ContainsFunc(p.first, func(m member) bool { return m.name == p.key }) {
		p.first = slices.Insert(p.first, 0, member{name: p.key})
	}
	b := bytes.NewBufferString("{")
	for i, m := range p.first {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name) // a string always marshals
		b.Write(append(name, ':'))
		switch m.name {
		case p.key:
			b.WriteByte('[')
			b.Write(bytes.Join(rawItems(p.items), []byte(",")))
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

func rawItems(items []json.RawMessage) [][]byte {
	raw := make([][]byte, len(items))
	for i, item := range items {
		raw[i] = item
	}
	return raw
}

func (p *pages) bad(problem string) error {
	return &segment.AnswerError{Method: p.request.Method, Path: p.request.Path, Problem: problem}
}

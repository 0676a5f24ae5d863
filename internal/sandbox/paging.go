package sandbox

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

const maxPageSize = 1000

// page returns one page of a collection and the token of the next one, which is empty on the last page. A token holds
// the place in order of creation, so pages neither repeat nor skip a resource when others come and go in between.
func page[T any](c *call, collection string, keep func(T) bool) (items []T, next string, err error) {
	size, last, err := c.pageArguments(collection)
	if err != nil {
		return nil, "", err
	}
	records := c.tx.store.lists[collection]
	items = make([]T, 0, min(size, len(records)))
	for _, r := range records[after(records, last):] {
		v, ok := r.value.(T)
		if !ok || keep != nil && !keep(v) {
			continue
		}
		if len(items) == size {
			return items, pageToken(collection, last), nil
		}
		items, last = append(items, v), r.seq
	}
	return items, "", nil
}

// pageArguments reads page_size and page_token.
func (c *call) pageArguments(collection string) (size int, last uint64, err error) {
	q := c.r.URL.Query()
	size = c.server.pageSize()
	if s := q.Get("page_size"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			return 0, 0, invalidArgument("invalid argument: page_size %q is not a number of items", s)
		}
		if n > 0 {
			size = min(n, maxPageSize)
		}
	}
	if t := q.Get("page_token"); t != "" {
		if last, err = parsePageToken(collection, t); err != nil {
			return 0, 0, err
		}
	}
	return size, last, nil
}

func pageToken(collection string, last uint64) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", last, collection))
}

func parsePageToken(collection, token string) (uint64, error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	place, of, ok := strings.Cut(string(b), " ")
	last, numErr := strconv.ParseUint(place, 10, 64)
	if err != nil || numErr != nil || !ok || of != collection {
		return 0, invalidArgument("invalid argument: page_token is not one of this list")
	}
	return last, nil
}

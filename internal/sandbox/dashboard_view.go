package sandbox

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// dashboardView is which part of the state a page shows. All of it is in the address, so that the page is the same after
// a reload, and so that its links and forms work without JavaScript.
type dashboardView struct{ fields url.Values }

// Fields of an address of the dashboard.
const (
	viewQuery        = "q"             // what workspaces, sources and destinations have in their names
	viewPage         = "page"          // of workspaces, or of destinations where there is one source
	viewSource       = "source"        // the only one to show, with all of its destinations
	viewInstalls     = "installs"      // what installs have in their names and places
	viewInstallsPage = "installs_page" //
	viewMethod       = "method"        // of requests
	viewPath         = "path"          // a part of it
	viewStatus       = "status"        // 404, 4xx or cut
	viewInstall      = "install"       // installs/7, or 7
	viewBefore       = "before"        // the number of a request: only older ones
	viewOpen         = "open"          // the numbers of requests that show all that is known of them
)

// maxOpen is how many requests are open at a time: those that were opened first close.
const maxOpen = 20

// maxViewText is how long a field of an address can be, in bytes.
const maxViewText = 300

// newDashboardView takes the fields of a query that the dashboard knows.
func newDashboardView(query url.Values) dashboardView {
	v := dashboardView{url.Values{}}
	for _, name := range []string{
		viewQuery, viewPage, viewSource, viewInstalls, viewInstallsPage,
		viewMethod, viewPath, viewStatus, viewInstall, viewBefore,
	} {
		if text := strings.TrimSpace(query.Get(name)); text != "" {
			v.fields.Set(name, cut(text, maxViewText))
		}
	}
	for _, text := range query[viewOpen] {
		if n := atoi(text); n > 0 && !slices.Contains(v.fields[viewOpen], strconv.Itoa(n)) {
			v.fields.Add(viewOpen, strconv.Itoa(n))
		}
	}
	if open := v.fields[viewOpen]; len(open) > maxOpen {
		v.fields[viewOpen] = open[len(open)-maxOpen:]
	}
	return v
}

// Get returns a field, for the page too.
func (v dashboardView) Get(name string) string { return v.fields.Get(name) }

// Encode is the view as the query of an address.
func (v dashboardView) Encode() string { return v.fields.Encode() }

// path is the address of the view.
func (v dashboardView) path() string {
	if len(v.fields) == 0 {
		return "/"
	}
	return "/?" + v.Encode()
}

// With is the address of the same view but for some fields, given by name and value; an empty value leaves out.
func (v dashboardView) With(pairs ...string) string {
	changed := v.copied()
	edited := changed.fields
	for i := 0; i+1 < len(pairs); i += 2 {
		if edited.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			edited.Del(pairs[i])
		}
	}
	return changed.path()
}

// Toggle is the address of the same view with a request open that is closed, or closed that is open.
func (v dashboardView) Toggle(number int) string {
	changed, text := v.copied(), strconv.Itoa(number)
	open := changed.fields[viewOpen]
	if at := slices.Index(open, text); at >= 0 {
		changed.fields[viewOpen] = slices.Delete(open, at, at+1)
	} else {
		changed.fields.Add(viewOpen, text)
	}
	if len(changed.fields[viewOpen]) == 0 {
		changed.fields.Del(viewOpen)
	}
	return changed.path()
}

// viewField is a field of a view that a form keeps as it is.
type viewField struct{ Name, Value string }

// Beside returns the fields of the view but for some, those that a form asks for itself.
func (v dashboardView) Beside(names ...string) []viewField {
	var kept []viewField
	for name, values := range v.fields {
		if !slices.Contains(names, name) {
			for _, value := range values {
				kept = append(kept, viewField{name, value})
			}
		}
	}
	slices.SortStableFunc(kept, func(a, b viewField) int { return strings.Compare(a.Name, b.Name) })
	return kept
}

func (v dashboardView) copied() dashboardView {
	fields := url.Values{}
	for name, values := range v.fields {
		fields[name] = slices.Clone(values)
	}
	return dashboardView{fields}
}

// paged is one page of a list.
type paged struct {
	Total      int    // in the whole list
	First      int    // of the page, from 1; 0 where it is empty
	Last       int    //
	Prev, Next string // addresses of the pages beside it, "" where there is none
}

// newPaged finds the page that a view asks for, or the last one, and where it begins and ends in the list. The anchor is
// where the list is on the page.
func newPaged(v dashboardView, field, anchor string, total, size int) (p paged, from, to int) {
	last := max(1, (total+size-1)/size)
	page := min(max(1, atoi(v.Get(field))), last)
	from, to = (page-1)*size, min(page*size, total)
	p = paged{Total: total, First: min(from+1, to), Last: to}
	if page > 1 {
		p.Prev = v.With(field, strconv.Itoa(page-1)) + anchor
	}
	if page < last {
		p.Next = v.With(field, strconv.Itoa(page+1)) + anchor
	}
	return p, from, to
}

// matcher finds a text in names, whatever their capitals.
type matcher string

func newMatcher(text string) matcher { return matcher(strings.ToLower(text)) }

func (m matcher) in(texts ...string) bool {
	return m == "" || slices.ContainsFunc(texts, func(text string) bool {
		return strings.Contains(strings.ToLower(text), string(m))
	})
}

package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// dashboardRequests is how many lines of the log a page has, beside those that are open.
const dashboardRequests = 50

// dashboardLog is the part of the log that a page shows.
type dashboardLog struct {
	Rows       []loggedRow // newest first
	Remembered int
	Matches    int    // the filter
	Filtered   bool   // there is a filter
	Older      string // address of the lines before these, "" where there are none
	Methods    []string
}

// loggedRow is a request with its place in the sequence of all, from 1.
type loggedRow struct {
	Number int
	Open   bool // it shows query, headers and bodies; others are not even masked
	Request
}

// Header is a header of an open row.
type loggedHeader struct{ Name, Value string }

// Sent are the headers of the request, in alphabetical order.
func (r loggedRow) Sent() []loggedHeader { return inOrder(r.RequestHeaders) }

// Answered are the headers of the answer.
func (r loggedRow) Answered() []loggedHeader { return inOrder(r.ResponseHeaders) }

func inOrder(headers map[string]string) []loggedHeader {
	var all []loggedHeader
	for name, value := range headers {
		all = append(all, loggedHeader{name, value})
	}
	slices.SortFunc(all, func(a, b loggedHeader) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// StatusText is the status as a person reads it.
func (r loggedRow) StatusText() string {
	if r.Status == 0 {
		return "cut"
	}
	return strconv.Itoa(r.Status)
}

// logFilter is which requests a page shows. What is empty is any.
type logFilter struct {
	method, status, install string
	path                    matcher
}

func newLogFilter(v dashboardView) logFilter {
	return logFilter{
		method:  strings.ToUpper(v.Get(viewMethod)),
		status:  strings.TrimRight(strings.ToLower(v.Get(viewStatus)), "x"),
		install: lastWord(v.Get(viewInstall)),
		path:    newMatcher(v.Get(viewPath)),
	}
}

func (f logFilter) matches(r *Request) bool {
	status := fmt.Sprintf("%03d", r.Status)
	if r.Status == 0 {
		status = "cut"
	}
	return (f.method == "" || r.Method == f.method) && strings.HasPrefix(status, f.status) &&
		(f.install == "" || lastWord(r.Install) == f.install) && f.path.in(r.Path)
}

// dashboardLog picks the requests that a view asks for.
func (s *Server) dashboardLog(v dashboardView) dashboardLog {
	filter := newLogFilter(v)
	shown := dashboardLog{
		Filtered: filter != logFilter{},
		Methods:  []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT"},
	}
	if filter.method != "" && !slices.Contains(shown.Methods, filter.method) {
		shown.Methods = append(shown.Methods, filter.method) // so that the form says what it does
	}
	shown.Rows, shown.Matches, shown.Remembered = s.log.pick(filter, atoi(v.Get(viewBefore)), v.fields[viewOpen])
	inPage, oldest := 0, 0
	for _, row := range shown.Rows {
		if inPage++; inPage == dashboardRequests {
			oldest = row.Number
		}
	}
	if oldest > 0 && s.log.hasOlder(filter, oldest) {
		shown.Older = v.With(viewBefore, strconv.Itoa(oldest))
	}
	return shown
}

// pick returns the newest requests that match, or those before the one with a number, and of older ones those that are
// open. Only open ones are masked, for only they show what has to be.
func (l *requestLog) pick(f logFilter, before int, open []string) (rows []loggedRow, matches, remembered int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := l.next - 1; i >= l.next-len(l.ring); i-- {
		e := &l.ring[i%logSize]
		if !f.matches(&e.Request) {
			continue
		}
		matches++
		row := loggedRow{Number: i + 1, Open: slices.Contains(open, strconv.Itoa(i+1))}
		if before > 0 && row.Number >= before || len(rows) >= dashboardRequests && !row.Open {
			continue
		}
		if row.Open {
			l.unmasked -= e.mask()
		}
		row.Request = e.Request
		rows = append(rows, row)
	}
	return rows, matches, len(l.ring)
}

// hasOlder reports whether a request matches that is older than the one with a number.
func (l *requestLog) hasOlder(f logFilter, number int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := min(number-2, l.next-1); i >= l.next-len(l.ring); i-- {
		if f.matches(&l.ring[i%logSize].Request) {
			return true
		}
	}
	return false
}

// count is how many requests there ever were.
func (l *requestLog) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next
}

package sandbox

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// serveWait answers GET wait, which lasts until there are enough requests or its time is over.
func (s *Server) serveWait(w http.ResponseWriter, r *http.Request) {
	x := newExchange(w, r)
	wanted, timeout, err := wantedOf(r.URL.Query())
	var answer Waited
	if err == nil {
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		answer, err = s.Wait(ctx, wanted)
	}
	switch {
	case r.Context().Err() != nil:
		x.cut = true // nobody waits any more, or the sandbox stops
	case err != nil:
		refuse(x, err)
	default:
		x.json(http.StatusOK, answer)
	}
	x.send(w)
}

// wantedOf reads the query of a wait.
func wantedOf(q url.Values) (wanted Wanted, timeout time.Duration, err error) {
	wanted.Method, wanted.Route = q.Get("method"), q.Get("route")
	for name := range q {
		switch name {
		case "method", "route", "count", "status", "timeout":
		default:
			return wanted, 0, invalidArgument("a wait has no %s", name)
		}
	}
	if wanted.Count, err = strconv.Atoi(q.Get("count")); err != nil {
		return wanted, 0, invalidArgument("count %q is not a number of requests", q.Get("count"))
	}
	if text := q.Get("status"); text != "" {
		status, err := strconv.Atoi(text)
		if err != nil {
			return wanted, 0, invalidArgument("status %q is not a number", text)
		}
		wanted.Status = &status
	}
	if text := q.Get("timeout"); text != "" {
		if timeout, err = time.ParseDuration(text); err != nil {
			return wanted, 0, invalidArgument("timeout %q is not a duration such as 30s", text)
		}
	}
	return wanted, timeout, nil
}

// Wait returns how many requests there were, as soon as they are as many as are wanted, and after timeout whatever they
// are.
func (a *Admin) Wait(ctx context.Context, wanted Wanted, timeout time.Duration) (Waited, error) {
	q := url.Values{"count": {strconv.Itoa(wanted.Count)}, "timeout": {timeout.String()}}
	if wanted.Method != "" {
		q.Set("method", wanted.Method)
	}
	if wanted.Route != "" {
		q.Set("route", wanted.Route)
	}
	if wanted.Status != nil {
		q.Set("status", strconv.Itoa(*wanted.Status))
	}
	patient := *a
	if patient.Timeout > 0 {
		patient.Timeout += timeout
	}
	var answer Waited
	err := patient.ask(ctx, http.MethodGet, "wait?"+q.Encode(), nil, &answer)
	return answer, err
}

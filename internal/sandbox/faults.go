package sandbox

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kinds of faults.
const (
	faultStatus      = "status"       // answer Status, and do nothing
	faultDelay       = "delay"        // wait DelayMS first
	faultDrop        = "drop"         // cut the connection, and do nothing
	faultDropAfter   = "drop-after"   // cut the connection after the change is committed
	faultMalformed   = "malformed"    // cut the JSON of the answer in half
	faultUnavailable = "unavailable"  // the plain-text 503 of the proxy
	faultSlow        = "slow"         // send the body in pieces over DelayMS
	faultTokenType   = "token-type"   // a token answer whose token_type is not bearer
	faultRateLimited = "rate-limited" // 429, with Retry-After when RetryAfter is set

	// faultCallbackError sends the person back to the App with Error and Hint, from the authorization endpoint or the
	// consent page, and hits nothing else.
	faultCallbackError = "callback-error"
)

func faultKinds() []string {
	return []string{
		faultStatus, faultDelay, faultDrop, faultDropAfter, faultMalformed, faultUnavailable, faultSlow, faultTokenType, faultRateLimited,
		faultCallbackError,
	}
}

// Fault makes requests go wrong.
type Fault struct {
	ID          int     `json:"id"`
	Route       string  `json:"route"` // "[METHOD] PATH": * is one word, ** at the end any number; "" is every request
	Kind        string  `json:"kind"`
	Status      int     `json:"status,omitempty"`
	DelayMS     int     `json:"delay_ms,omitempty"`
	RetryAfter  int     `json:"retry_after,omitempty"` // seconds; 0 sends no header
	Error       string  `json:"error,omitempty"`       // of OAuth, such as "request_unauthorized"
	Hint        string  `json:"hint,omitempty"`        // beside Error; "" is the authorization server's usual one
	Count       int     `json:"count,omitempty"`       // how many more requests it hits; 0 is without end
	Probability float64 `json:"probability,omitempty"` // 0 is always
	Seed        uint64  `json:"seed,omitempty"`        // which of the requests are hit is the same for the same seed; 0: chance
}

// faultList is the faults that are switched on.
type faultList struct {
	mu     sync.Mutex
	faults []Fault
	draws  map[int]*rand.PCG // by ID, of those with a seed
	last   int
}

// AddFault switches a fault on and returns it with its ID. An error says what about it makes no sense.
func (s *Server) AddFault(f Fault) (Fault, error) {
	switch {
	case !slices.Contains(faultKinds(), f.Kind):
		return f, fmt.Errorf("fault kind %q is none of %s", f.Kind, strings.Join(faultKinds(), ", "))
	case f.Kind == faultStatus && (f.Status < 400 || f.Status > 599):
		return f, fmt.Errorf("fault status %d is not between 400 and 599", f.Status)
	case (f.Kind == faultDelay || f.Kind == faultSlow) && f.DelayMS <= 0:
		return f, fmt.Errorf("fault %s needs delay_ms", f.Kind)
	case f.Kind == faultCallbackError && !isErrorCode(f.Error):
		return f, fmt.Errorf("fault %s needs error, such as request_unauthorized", f.Kind)
	case f.Probability < 0 || f.Probability > 1 || f.Count < 0 || f.DelayMS < 0 || f.RetryAfter < 0:
		return f, fmt.Errorf("fault probability is between 0 and 1, and nothing is negative")
	case f.Seed != 0 && f.Probability == 0:
		return f, fmt.Errorf("fault seed is for a probability: without one, every request is hit")
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.last++
	f.ID = s.faults.last
	s.faults.faults = append(s.faults.faults, f)
	if f.Seed != 0 {
		if s.faults.draws == nil {
			s.faults.draws = map[int]*rand.PCG{}
		}
		s.faults.draws[f.ID] = rand.NewPCG(f.Seed, 0)
	}
	return f, nil
}

// Faults are the faults that are switched on.
func (s *Server) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return append([]Fault{}, s.faults.faults...)
}

// ClearFaults switches off the fault with this ID, or with 0 all of them. It returns how many there were.
func (s *Server) ClearFaults(id int) int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	before := len(s.faults.faults)
	s.faults.faults = slices.DeleteFunc(s.faults.faults, func(f Fault) bool { return id == 0 || f.ID == id })
	if delete(s.faults.draws, id); id == 0 {
		s.faults.draws = nil
	}
	return before - len(s.faults.faults)
}

// take returns the first fault that hits the request, and counts it down.
func (l *faultList) take(method string, words []string) *Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.faults {
		f := &l.faults[i]
		if !f.hits(method, words) || f.Probability > 0 && l.draw(f.ID) >= f.Probability {
			continue
		}
		hit := *f
		if f.Count > 0 {
			if f.Count--; f.Count == 0 {
				l.faults = slices.Delete(l.faults, i, i+1)
				delete(l.draws, hit.ID)
			}
		}
		return &hit
	}
	return nil
}

// draw is a number from 0 up to 1.
func (l *faultList) draw(id int) float64 {
	if seeded := l.draws[id]; seeded != nil {
		return rand.New(seeded).Float64()
	}
	return rand.Float64()
}

// isErrorCode reports whether text can be the error of an authorization server (RFC 6749 §4.1.2.1).
func isErrorCode(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r > 0x7e || r == '"' || r == '\\' })
}

func (f *Fault) hits(method string, words []string) bool {
	if path := strings.Join(words, "/"); f.Kind == faultCallbackError && path != "oauth2/auth" && path != "authorize" {
		return false
	}
	return matchRoute(f.Route, method, words)
}

// matchRoute reports whether a request is one of a route: "[METHOD] PATH", where * is one word, and ** at the end any
// number; "" is every request.
func matchRoute(route, method string, words []string) bool {
	if m, path, ok := strings.Cut(route, " "); ok {
		if m != method {
			return false
		}
		route = path
	}
	if route == "" {
		return true
	}
	want := strings.FieldsFunc(route, func(r rune) bool { return r == '/' })
	if n := len(want); n > 0 && want[n-1] == "**" {
		if want = want[:n-1]; len(words) < len(want) {
			return false
		}
		words = words[:len(want)]
	}
	return slices.EqualFunc(want, words, func(w, got string) bool { return w == "*" || w == got })
}

// instead answers in place of the real route, and reports whether it did.
func (f *Fault) instead(x *exchange) bool {
	switch f.Kind {
	case faultStatus:
		(&apiError{f.Status, grpcCode(f.Status), strings.ToLower(http.StatusText(f.Status))}).write(x)
	case faultUnavailable:
		noRoute(x)
	case faultRateLimited:
		if f.RetryAfter > 0 {
			x.header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		resourceExhausted().write(x)
	case faultDrop:
		x.cut = true
	default:
		return false
	}
	return true
}

// after spoils the answer of the real route.
func (f *Fault) after(x *exchange) {
	switch f.Kind {
	case faultDropAfter:
		x.cut = true
	case faultMalformed:
		x.answer.Truncate(x.answer.Len() / 2)
	case faultTokenType:
		spoiled := strings.Replace(x.answer.String(), `"token_type":"bearer"`, `"token_type":"mac"`, 1)
		x.answer.Reset()
		x.answer.WriteString(spoiled)
	case faultSlow:
		x.slow = time.Duration(f.DelayMS) * time.Millisecond
	}
}

func grpcCode(status int) int {
	codes := map[int]int{400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 429: 8, 500: 13, 501: 12, 503: 14}
	if code, ok := codes[status]; ok {
		return code
	}
	return 2 // unknown
}

// wait lets d go by, unless the client goes away first.
func wait(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

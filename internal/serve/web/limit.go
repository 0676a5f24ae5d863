package web

import (
	"container/list"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// A flow of a customer is some six requests, and many customers may be behind one address.
	pagesPerSecond, pagesAtOnce = 10, 100
	// A backend asks as fast as it needs, as long as its token is right: this stops a loop that went wild.
	callsPerSecond, callsAtOnce = 1000, 2000
	// Wrong tokens cost a look into the database each.
	failuresPerSecond, failuresAtOnce = 1, 20

	maxClients = 10_000 // that are remembered for each of these limits
)

// limits are those on how many requests a client makes.
type limits struct {
	pages    *limiter // by address
	calls    *limiter // by name of the token
	failures *limiter // by address; a request with a right token takes nothing of it
}

func newLimits() limits {
	return limits{
		pages:    newLimiter(pagesPerSecond, pagesAtOnce),
		calls:    newLimiter(callsPerSecond, callsAtOnce),
		failures: newLimiter(failuresPerSecond, failuresAtOnce),
	}
}

// limiter limits the requests of each client. It remembers a bounded number of them: those that were quiet the longest are
// forgotten, and begin anew.
type limiter struct {
	perSecond rate.Limit
	atOnce    int
	most      int // clients

	mu      sync.Mutex
	clients map[string]*list.Element // of *counted
	oldest  list.List                // the one that was quiet the longest first
}

// counted is one client.
type counted struct {
	key    string
	bucket *rate.Limiter
}

func newLimiter(perSecond float64, atOnce int) *limiter {
	return &limiter{perSecond: rate.Limit(perSecond), atOnce: atOnce, most: maxClients, clients: map[string]*list.Element{}}
}

// take counts a request, and returns how long the client has to wait before there is room for it; 0: there is.
func (l *limiter) take(key string, now time.Time) time.Duration {
	return l.count(key, now, true)
}

// look is take without counting.
func (l *limiter) look(key string, now time.Time) time.Duration {
	return l.count(key, now, false)
}

func (l *limiter) count(key string, now time.Time, take bool) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	element, ok := l.clients[key]
	switch {
	case ok:
		l.oldest.MoveToBack(element)
	case !take:
		return 0
	default:
		element = l.oldest.PushBack(&counted{key, rate.NewLimiter(l.perSecond, l.atOnce)})
		l.clients[key] = element
		if l.oldest.Len() > l.most {
			gone := l.oldest.Remove(l.oldest.Front()).(*counted)
			delete(l.clients, gone.key)
		}
	}
	bucket := element.Value.(*counted).bucket
	if room := bucket.TokensAt(now); room < 1 {
		return time.Duration((1 - room) / float64(l.perSecond) * float64(time.Second))
	}
	if take {
		bucket.AllowN(now, 1)
	}
	return 0
}

// limited refuses a request of an address that makes too many.
func (s *service) limited(w http.ResponseWriter, r *http.Request, client string) bool {
	wait := s.limits.pages.take(clientKey(client), s.Now())
	if wait == 0 {
		return false
	}
	s.refuse(w, r, tooMany(wait))
	return true
}

func tooMany(wait time.Duration) refusal {
	return refusal{status: http.StatusTooManyRequests, message: "too many requests; wait a moment", wait: max(wait, time.Second)}
}

// seconds is a time in whole seconds, rounded up, as Retry-After has it.
func seconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds())))
}

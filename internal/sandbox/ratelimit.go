package sandbox

import (
	"crypto/sha256"
	"net/http"
	"sync"
	"time"
)

// rateLimit counts requests per token and minute. Only the present minute is remembered.
type rateLimit struct {
	mu     sync.Mutex
	minute int64
	counts map[[sha256.Size]byte]int // by hash: a header can be long
}

// maxCounted is how many tokens are counted in a minute; the rest are within any limit.
const maxCounted = 100_000

// allow counts one request of the token, and reports whether it is within the limit; 0 is none.
func (l *rateLimit) allow(authorization string, limit int, now time.Time) bool {
	if limit <= 0 || authorization == "" {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if minute := now.Unix() / 60; minute != l.minute || l.counts == nil {
		l.minute, l.counts = minute, map[[sha256.Size]byte]int{}
	}
	token := sha256.Sum256([]byte(authorization))
	if _, known := l.counts[token]; !known && len(l.counts) >= maxCounted {
		return true
	}
	l.counts[token]++
	return l.counts[token] <= limit
}

func resourceExhausted() *apiError {
	return &apiError{http.StatusTooManyRequests, 8, "resource exhausted"}
}

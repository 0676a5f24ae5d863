package sandbox

import (
	"net/http"
	"sync"
	"time"
)

// rateLimit counts requests per token and minute. Only the present minute is remembered.
type rateLimit struct {
	mu     sync.Mutex
	minute int64
	counts map[string]int
}

// allow counts one request of the token, and reports whether it is within the limit; 0 is none.
func (l *rateLimit) allow(authorization string, limit int, now time.Time) bool {
	if limit <= 0 || authorization == "" {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if minute := now.Unix() / 60; minute != l.minute || l.counts == nil {
		l.minute, l.counts = minute, map[string]int{}
	}
	l.counts[authorization]++
	return l.counts[authorization] <= limit
}

func resourceExhausted() *apiError {
	return &apiError{http.StatusTooManyRequests, 8, "resource exhausted"}
}

package sandbox

import (
	"maps"
	"sync"
)

// Counters are for tests to assert on.
type Counters struct {
	CodesRedeemed int            `json:"codes_redeemed"`
	Refreshes     map[string]int `json:"refreshes"` // by install name
}

type counters struct {
	mu  sync.Mutex
	now Counters
}

func (c *counters) redeemed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.CodesRedeemed++
}

func (c *counters) refreshed(install string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.Refreshes == nil {
		c.now.Refreshes = map[string]int{}
	}
	c.now.Refreshes[install]++
}

// forgetCounts begins to count anew, requests too.
func (s *Server) forgetCounts() {
	s.stats.mu.Lock()
	s.stats.now = Counters{}
	s.stats.mu.Unlock()
	s.log.forgetCounts()
}

// Counters counts since the start or the last full reset.
func (s *Server) Counters() Counters {
	s.stats.mu.Lock()
	defer s.stats.mu.Unlock()
	now := s.stats.now
	now.Refreshes = maps.Clone(now.Refreshes)
	if now.Refreshes == nil {
		now.Refreshes = map[string]int{}
	}
	return now
}

package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

const (
	// watchEvery is how often a page that is open learns of changes. Requests pay nothing for it: the stream looks, and
	// nobody tells it.
	watchEvery = 200 * time.Millisecond
	// refreshEvery is how long it lasts until a page is made anew though nothing changed but the time.
	refreshEvery = 10 * time.Second
)

// revision is different from another one when something changed that the dashboard shows.
type revision struct {
	store    uint64
	requests int
	ahead    int64
	quirks   *map[string]string
	codes    int
	counted  int
	faults   string
}

func (s *Server) revision() revision {
	r := revision{requests: s.log.count(), ahead: s.ahead.Load(), quirks: s.quirks.Load(), faults: fmt.Sprint(s.Faults())}
	s.stats.mu.Lock()
	r.codes, r.counted = s.stats.now.CodesRedeemed, len(s.stats.now.Refreshes)
	s.stats.mu.Unlock()
	s.store.mu.RLock()
	r.store = s.store.changed
	s.store.mu.RUnlock()
	return r
}

// dashboardTime is how the dashboard writes the sandbox's clock.
func (s *Server) dashboardTime() string { return s.now().UTC().Format("2006-01-02 15:04:05 UTC") }

// serveChanges streams to a page that is open, as server-sent events: "change" says to look again, "clock" what the
// time is.
func (s *Server) serveChanges(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	var known revision // the zero one: a page can be older than its stream, so it looks once more
	clock, looked := "", time.Now()
	for {
		text := ""
		if now := s.dashboardTime(); now != clock {
			clock, text = now, "event: clock\ndata: "+now+"\n\n"
		}
		if present := s.revision(); present != known || time.Since(looked) > refreshEvery {
			known, looked = present, time.Now()
			text += "event: change\ndata:\n\n"
		}
		if text != "" {
			if _, err := w.Write([]byte(text)); err != nil {
				return
			}
			if err := flush.Flush(); err != nil {
				return
			}
		}
		select {
		case <-r.Context().Done():
			return
		case <-ticker.C:
		}
	}
}

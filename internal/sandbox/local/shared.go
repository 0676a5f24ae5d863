package local

import (
	"io"
	"os"
	"sync"
)

// Shared returns a writer that several can write to at once: a command, and words about the requests that it makes. A file
// stays what it is, so that a command gets a terminal as one.
func Shared(w io.Writer) io.Writer {
	switch w.(type) {
	case *os.File, *shared:
		return w
	}
	return &shared{w: w}
}

type shared struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(b)
}

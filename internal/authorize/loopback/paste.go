package loopback

import (
	"bufio"
	"context"
	"io"
)

// readLines returns the lines of r until ctx is done; a nil r has none. The end of r ends nothing else: the browser's
// callback may still come. A line beyond bufio's 64 KiB is no callback, and ends the reading too.
func readLines(ctx context.Context, r io.Reader) <-chan string {
	if r == nil {
		return nil
	}
	lines := make(chan string)
	go func() {
		scanner := bufio.NewScanner(r)
		for scanner.Scan() {
			select {
			case lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

//go:build ignore

// A client that refreshes installs 1 to N, C at once, and does nothing else. Usage: bench_client N C
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
)

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	c, _ := strconv.Atoi(os.Args[2])
	// As segctl does: what must not be sent twice goes over a connection of its own.
	transport := &http.Transport{DisableKeepAlives: true}
	work := make(chan int)
	var all sync.WaitGroup
	for range c {
		all.Go(func() {
			for i := range work {
				req, _ := http.NewRequest(http.MethodGet, fmt.Sprintf("%s/v1beta/installs/%d/token", os.Getenv("SEGCTL_API_URL"), i), nil)
				req.SetBasicAuth(os.Getenv("SEGCTL_CLIENT_ID"), os.Getenv("SEGCTL_CLIENT_SECRET"))
				resp, err := transport.RoundTrip(req)
				if err != nil || resp.StatusCode != http.StatusOK {
					panic(fmt.Sprint(resp, err))
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		})
	}
	for i := range n {
		work <- i + 1
	}
	close(work)
	all.Wait()
}

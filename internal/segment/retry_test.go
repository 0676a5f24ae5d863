package segment

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetries(t *testing.T) {
	t.Parallel()
	const noRoute = "upstream connect error or disconnect/reset before headers"
	for _, test := range []struct {
		name   string
		method string
		status int // 0 breaks the connection
		body   string
		again  bool
	}{
		{"rate limit, read", "GET", 429, "", true},
		{"rate limit, create", "POST", 429, "", true},
		{"rate limit, update", "PATCH", 429, "", true},
		{"bad gateway, read", "GET", 502, "", true},
		{"unavailable, read", "GET", 503, `{"error":"unavailable","code":14}`, true},
		{"unavailable, delete", "DELETE", 503, "", true},
		{"gateway timeout, replace", "PUT", 504, "", true},
		{"unavailable, create", "POST", 503, "", false},
		{"unavailable, update", "PATCH", 503, "", false},
		{"broken, read", "GET", 0, "", true},
		{"broken, create", "POST", 0, "", false},
		{"wrong URL", "GET", 503, noRoute, false},
		{"internal", "GET", 500, `{"error":"internal","code":13}`, false},
		{"unimplemented", "GET", 501, "", false},
		{"not found", "GET", 404, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				requests := 0
				c := offline(func(r *http.Request) (*http.Response, error) {
					requests++
					body, _ := io.ReadAll(r.Body)
					if string(body) != `{"x":1}` {
						t.Errorf("request %d has the body %q", requests, body)
					}
					switch {
					case requests > 1:
						return answer(200, `{"done":true}`), nil
					case test.status == 0:
						return nil, io.ErrUnexpectedEOF
					}
					return answer(test.status, test.body), nil
				})
				var notes []string
				c.shared.note = func(text string) { notes = append(notes, text) }
				_, err := c.Do(t.Context(), &Request{Method: test.method, Path: "workspaces", Body: []byte(`{"x":1}`)})
				if again := requests > 1; again != test.again || (err == nil) != test.again {
					t.Errorf("%d requests, error %v; repeating is right: %t", requests, err, test.again)
				}
				if told := len(notes) > 0; told != test.again {
					t.Errorf("notes are %q", notes)
				}
			})
		})
	}
}

// An update is sent again where the server says that it is busy, and not where no answer comes: it may have been made.
func TestUpdateIsSentAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		first func() (*http.Response, error)
		want  int
	}{
		{"busy", func() (*http.Response, error) { return answer(503, `{"error":"unavailable","code":14}`), nil }, 2},
		{"no answer", func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			client := offline(func(*http.Request) (*http.Response, error) {
				if requests++; requests == 1 {
					return c.first()
				}
				return answer(200, clearbrainJSON), nil
			})
			_, err := client.UpdateDestination(t.Context(), clearbrain, DestinationBody{Enabled: new(true)})
			if requests != c.want || IsLost(err) != (c.want == 1) {
				t.Errorf("%s: %d requests, %v", c.name, requests, err)
			}
		})
	}
}

// The last answer is what is reported, not that somebody gave up.
func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		c := offline(func(*http.Request) (*http.Response, error) {
			requests++
			return answer(503, `{"error":"unavailable","code":14}`), nil
		})
		resp, err := c.Do(t.Context(), &Request{Method: "GET", Path: "workspaces"})
		if !HasReason(err, Unavailable) || resp == nil || resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("answer %+v, error %v", resp, err)
		}
		if requests != 1+maxRetries {
			t.Errorf("%d requests", requests)
		}
	})
}

func TestBrokenConnectionIsNotTheTokensFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := offline(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") })
		_, err := c.Destination(t.Context(), clearbrain)
		var network *NetworkError
		if !errors.As(err, &network) || network.Host != "api.example" || HasReason(err, Unauthenticated) {
			t.Errorf("error is %#v", err)
		}
		if strings.Contains(err.Error(), canaryToken) {
			t.Errorf("error shows the token: %v", err)
		}
		if strings.Contains(err.Error(), "https://") {
			t.Errorf("error shows the whole URL: %v", err)
		}
	})
}

func TestRetryAfterIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		c := offline(func(*http.Request) (*http.Response, error) {
			if requests++; requests > 1 {
				return answer(200, "{}"), nil
			}
			limited := answer(429, `{"error":"resource exhausted","code":8}`)
			limited.Header.Set("Retry-After", "17")
			return limited, nil
		})
		start := time.Now()
		if _, err := c.Do(t.Context(), &Request{Method: "POST", Path: "workspaces"}); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < 17*time.Second || waited > 20*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

// A body that stops in the middle is no answer.
func TestCutAnswerIsAskedForAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		c := offline(func(*http.Request) (*http.Response, error) {
			if requests++; requests > 1 {
				return answer(200, clearbrainJSON), nil
			}
			cut := answer(200, "")
			cut.Body = io.NopCloser(io.MultiReader(strings.NewReader(clearbrainJSON[:40]), failing{}))
			return cut, nil
		})
		d, err := c.Destination(t.Context(), clearbrain)
		if err != nil || d.DisplayName != "ClearBrain" || requests != 2 {
			t.Errorf("destination %+v after %d requests, %v", d, requests, err)
		}
	})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestSilentServerRunsIntoTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := offline(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		c.shared.timeout = 3 * time.Second
		start := time.Now()
		_, err := c.Do(t.Context(), &Request{Method: "POST", Path: "workspaces"})
		var network *NetworkError
		if !errors.As(err, &network) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		if waited := time.Since(start); waited != 3*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestInterruptEndsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		requests := 0
		c := offline(func(*http.Request) (*http.Response, error) {
			requests++
			return answer(503, ""), nil
		})
		c.shared.note = func(string) { cancel() } // while it waits
		_, err := c.Do(ctx, &Request{Method: "GET", Path: "workspaces"})
		var network *NetworkError
		if !errors.Is(err, context.Canceled) || errors.As(err, &network) {
			t.Errorf("error is %v, want that it was interrupted", err)
		}
		if requests != 1 {
			t.Errorf("%d requests", requests)
		}
	})
}

func TestRateStaysBelowSegmentsLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent []time.Time
		c := offline(func(*http.Request) (*http.Response, error) {
			sent = append(sent, time.Now())
			return answer(200, "{}"), nil
		})
		start := time.Now()
		for range 600 {
			if _, err := c.Do(t.Context(), &Request{Method: "GET", Path: "workspaces"}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range sent[:len(sent)-200] {
			if span := sent[i+200].Sub(sent[i]); span < time.Minute {
				t.Fatalf("201 requests within %v", span)
			}
		}
		if burst := sent[49].Sub(start); burst != 0 {
			t.Errorf("50 requests took %v: a handful must not wait", burst)
		}
	})
}

// Whoever asked decides whether to wait for an hour, and is told that it is one.
func TestLongRetryAfterIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 503} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			c := offline(func(*http.Request) (*http.Response, error) {
				requests++
				limited := answer(status, "")
				limited.Header.Set("Retry-After", "7200")
				return limited, nil
			})
			start := time.Now()
			_, err := c.Do(t.Context(), &Request{Method: "GET", Path: "workspaces"})
			var refused *Error
			if !errors.As(err, &refused) || refused.RetryAfter != 2*time.Hour {
				t.Errorf("%d: error is %#v", status, err)
			}
			if waited := time.Since(start); waited != 0 || requests != 1 {
				t.Errorf("%d: %d requests in %v", status, requests, waited)
			}
		})
	}
}

func TestDeleteThatFindsNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		first int // status of the first answer; 0 breaks the connection
		done  bool
	}{
		{"answer lost", 0, true},
		{"answer lost by a gateway", 502, true},
		{"never there", 404, false},
		{"never there, rate limit", 429, false}, // which says that nothing was done
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				requests := 0
				c := offline(func(*http.Request) (*http.Response, error) {
					switch requests++; {
					case requests > 1:
						return answer(404, `{"error":"not found","code":5}`), nil
					case test.first == 0:
						return nil, io.ErrUnexpectedEOF
					}
					return answer(test.first, ""), nil
				})
				err := c.DeleteDestination(t.Context(), clearbrain)
				if test.done && err != nil || !test.done && !HasReason(err, NotFound) {
					t.Errorf("error is %v; done is right: %t", err, test.done)
				}
			})
		})
	}
}

// A name that does not exist exists no more after a few seconds.
func TestUnknownHostIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		err   error
		again bool
	}{
		{"no such host", &net.DNSError{Err: "no such host", Name: "api.example", IsNotFound: true}, false},
		{"resolver that does not answer", &net.DNSError{Err: "server misbehaving", Name: "api.example", IsTemporary: true}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				requests := 0
				c := offline(func(*http.Request) (*http.Response, error) {
					requests++
					return nil, &net.OpError{Op: "dial", Net: "tcp", Err: test.err}
				})
				_, err := c.Do(t.Context(), &Request{Method: "GET", Path: "workspaces"})
				var network *NetworkError
				if !errors.As(err, &network) || (requests > 1) != test.again {
					t.Errorf("%d requests, %v", requests, err)
				}
			})
		})
	}
}

// A minute is the longest wait, jitter included, whatever a server asks for.
func TestNoWaitIsLongerThanAMinute(t *testing.T) {
	t.Parallel()
	for asked, waits := range map[string]bool{"60": true, "61": false, "99999999999999999999": false, "-5": true} {
		synctest.Test(t, func(t *testing.T) {
			var sent []time.Time
			c := offline(func(*http.Request) (*http.Response, error) {
				sent = append(sent, time.Now())
				limited := answer(429, "")
				limited.Header.Set("Retry-After", asked)
				return limited, nil
			})
			if _, err := c.Do(t.Context(), &Request{Method: "GET", Path: "workspaces"}); !HasReason(err, RateLimited) {
				t.Errorf("%s: error is %v", asked, err)
			}
			if (len(sent) > 1) != waits {
				t.Errorf("%s: %d requests", asked, len(sent))
			}
			for i := range sent[1:] {
				if wait := sent[i+1].Sub(sent[i]); wait > time.Minute {
					t.Errorf("%s: waited %v", asked, wait)
				}
			}
		})
	}
}

// Two requests of one client at the same time decide each for itself.
func TestConcurrentRequestsShareNoDecision(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := offline(func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			if r.Method == http.MethodPost {
				return answer(503, ""), nil
			}
			return nil, io.ErrUnexpectedEOF
		})
		var wait sync.WaitGroup
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			wait.Go(func() {
				_, err := c.Do(t.Context(), &Request{Method: method, Path: "workspaces"})
				var network *NetworkError
				if (method == http.MethodPost) != HasReason(err, Unavailable) || (method == http.MethodGet) != errors.As(err, &network) {
					t.Errorf("%s: %v", method, err)
				}
			})
		}
		wait.Wait()
	})
}

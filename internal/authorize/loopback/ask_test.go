package loopback

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/authorize"
)

// refusesScope answers as Hydra 1.0 does: the refusal was found before the login, so its state is empty.
const refusesScope = "?error=invalid_scope&error_description=The+requested+scope+is+invalid%2C+unknown%2C+or+malformed" +
	"&error_hint=The+OAuth+2.0+Client+is+not+allowed+to+request+scope+%22workspace%22&state="

// An error without a state ends the flow where the server itself gives the reason, and the browser is not kept waiting.
func TestErrorWithoutState(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"", "&state="} {
		asked := make(chan struct{}, 10)
		var f *Flow
		f = flowAt(t, func(w http.ResponseWriter, r *http.Request) {
			asked <- struct{}{}
			redirecting(f.App.RedirectURL+refusesScope)(w, r)
		}, nil)
		r := start(t, t.Context(), f)
		page := r.get(r.redirect + "?error=invalid_scope&error_description=canary" + state)
		_, err := r.end()
		var refused *authorize.Error
		if !errors.As(err, &refused) || refused.Reason != authorize.InvalidScope || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: Run returned %v", state, err)
		}
		if page.status != http.StatusBadRequest || strings.Contains(page.body, "canary") || !strings.Contains(page.body, "terminal") {
			t.Errorf("%q: page %d:\n%s", state, page.status, page.body)
		}
		if n := len(asked); n != 1 {
			t.Errorf("%q: the server was asked %d times", state, n)
		}
	}
}

// A web page that sends errors to the redirect URL ends no login, fills no terminal, and makes few requests, while the
// server has nothing against the request, or nothing that can be relied on.
func TestForgedErrors(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"login":         toLogin,
		"firewall":      answering(403, "<html>blocked</html>"),
		"rate limited":  answering(429, `{"error":"too_many_requests"}`),
		"server failed": answering(500, `{"error":"server_error"}`),
		"hangs up": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = conn.Close()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			f := flowAt(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				answer(w, r)
			}, answering(200, granted))
			r := start(t, t.Context(), f)
			for range 50 {
				if page := r.get(r.redirect + "?error=invalid_scope&state="); page.status != http.StatusBadRequest {
					t.Fatalf("page %d", page.status)
				}
			}
			if note := <-r.notes; !strings.Contains(note, "still waiting") {
				t.Errorf("noted %q", note)
			}
			if page := r.get(r.callbackURL("code=" + theCode)); page.status != http.StatusOK {
				t.Errorf("the right callback got %d", page.status)
			}
			if grant, err := r.end(); err != nil || grant.InstallName != "installs/7" {
				t.Errorf("Run returned %+v, %v", grant, err)
			}
			if n := asked.Load(); n != 1 {
				t.Errorf("the server was asked %d times", n)
			}
			if n := len(r.notes); n != 0 {
				t.Errorf("%d more notes", n)
			}
		})
	}
}

// While the server is asked, the listener goes on: the right callback wins.
func TestAskingBlocksNothing(t *testing.T) {
	t.Parallel()
	asking, release := make(chan struct{}), make(chan struct{})
	var f *Flow
	f = flowAt(t, func(w http.ResponseWriter, r *http.Request) {
		close(asking)
		<-release
		redirecting(f.App.RedirectURL+refusesScope)(w, r)
	}, answering(200, granted))
	t.Cleanup(func() { close(release) }) // before the server is closed
	f.App.Timeout = time.Minute
	r := start(t, t.Context(), f)
	r.get(r.redirect + "?error=invalid_scope")
	<-asking
	go func() {
		if resp, err := http.Get(r.callbackURL("code=" + theCode)); err == nil {
			resp.Body.Close()
		}
	}()
	select {
	case end := <-r.ended:
		if end.err != nil || end.grant.InstallName != "installs/7" {
			t.Errorf("Run returned %+v, %v", end.grant, end.err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the callback waits for the server to be asked")
	}
}

func TestPastedErrorWithoutState(t *testing.T) {
	t.Parallel()
	var f *Flow
	f = flowAt(t, func(w http.ResponseWriter, r *http.Request) {
		redirecting(f.App.RedirectURL+refusesScope)(w, r)
	}, nil)
	keyboard, typed := io.Pipe()
	f.Paste = keyboard
	r := start(t, t.Context(), f)
	_, _ = io.WriteString(typed, r.redirect+refusesScope+"\n")
	var refused *authorize.Error
	if _, err := r.end(); !errors.As(err, &refused) || refused.Reason != authorize.InvalidScope {
		t.Errorf("Run returned %v", err)
	}
}

// A wrong client or redirect URL is shown in the browser alone. When nothing has come back, the server is asked for it.
func TestTimeoutExplained(t *testing.T) {
	t.Parallel()
	f := flowAt(t, answering(400, `{"error":"invalid_request","error_hint":"The \"redirect_uri\" parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls."}`), nil)
	f.Timeout = 1
	_, err := start(t, t.Context(), f).end()
	var refused *authorize.Error
	if !errors.Is(err, ErrTimeout) || !errors.As(err, &refused) || refused.Reason != authorize.RedirectMismatch {
		t.Errorf("Run returned %v", err)
	}

	f = flowAt(t, answering(400, `{"error":"invalid_request"}`), nil)
	f.App.ID = "http://127.0.0.1:1"
	f.Timeout = 1
	_, err = start(t, t.Context(), f).end()
	var network *authorize.NetworkError
	if !errors.Is(err, ErrTimeout) || !errors.As(err, &network) {
		t.Errorf("Run returned %v", err)
	}
}

func TestQuestionsAreLimited(t *testing.T) {
	t.Parallel()
	b := budget{left: maxQuestions}
	now := time.Date(2019, 5, 24, 23, 43, 2, 0, time.UTC)
	asked := 0
	for second := range 3600 {
		if b.take(now.Add(time.Duration(second) * time.Second)) {
			asked++
			if b.take(now.Add(time.Duration(second)*time.Second + askInterval - 1)) {
				t.Error("two questions follow each other too fast")
			}
		}
	}
	if asked != maxQuestions {
		t.Errorf("%d questions in an hour", asked)
	}
}

// The last question to a server that does not answer can be interrupted.
func TestInterruptWhileAsking(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	f := flowAt(t, func(http.ResponseWriter, *http.Request) {
		cancel()
		<-release
	}, nil)
	t.Cleanup(func() { close(release) }) // before the server is closed
	f.Timeout = 1
	if _, err := start(t, ctx, f).end(); !errors.Is(err, context.Canceled) || errors.Is(err, ErrTimeout) {
		t.Errorf("Run returned %v", err)
	}
}

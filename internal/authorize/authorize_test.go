package authorize

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRun(t *testing.T) {
	t.Parallel()
	var form url.Values
	var id, secret string
	f := flow(t, func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ = r.BasicAuth()
		_ = r.ParseForm()
		form = r.PostForm
		answering(200, granted)(w, r)
	})
	f.Finish = func(_ context.Context, g Grant) (string, error) {
		return "Saved as " + g.InstallName + ".", nil
	}
	opened := make(chan string, 1)
	f.Open = func(_ context.Context, u string) error {
		opened <- u
		return errors.New("no display")
	}
	r := start(t, t.Context(), f)
	page := r.get(r.callbackURL("code=" + theCode + "&scope=destination%2Fclearbrain"))
	grant, err := r.end()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantGrant(), grant); diff != "" {
		t.Errorf("grant (-want +got):\n%s", diff)
	}

	if u := <-opened; !strings.HasPrefix(u, f.AuthURL+"?") || CheckBrowserURL(u) != nil {
		t.Errorf("opened %q", u)
	}
	if note := <-r.notes; !strings.Contains(note, "no display") {
		t.Errorf("the browser's failure was noted as %q", note)
	}
	challenge := sha256.Sum256([]byte(form.Get("code_verifier")))
	wantAuth := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {f.RedirectURL}, "scope": {f.Scope}, "state": r.auth["state"],
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}
	if diff := cmp.Diff(wantAuth, r.auth); diff != "" {
		t.Errorf("authorization query (-want +got):\n%s", diff)
	}
	if state, err := base64.RawURLEncoding.DecodeString(r.auth.Get("state")); err != nil || len(state)*8 < 256 {
		t.Errorf("state %q is not 256 bits: %v", state, err)
	}
	wantForm := url.Values{
		"grant_type": {"authorization_code"}, "code": {theCode}, "redirect_uri": {f.RedirectURL}, "code_verifier": form["code_verifier"],
	}
	if diff := cmp.Diff(wantForm, form); diff != "" {
		t.Errorf("exchange form (-want +got):\n%s", diff)
	}
	// RFC 6749 §2.3.1: both halves are form-encoded before they go into Basic.
	if id != clientID || secret != "canary-secret%2B%2F+%25" {
		t.Errorf("Basic user %q, password %q", id, secret)
	}

	if page.status != http.StatusOK {
		t.Errorf("page status %d", page.status)
	}
	for _, want := range []string{"Saved as installs/7.", "apps/2", "workspaces/userworkspace", "sources/javascript", "close this tab"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	for _, secret := range []string{theCode, grant.AccessToken, r.auth.Get("state"), clientSecret, form.Get("code_verifier")} {
		if strings.Contains(page.body, secret) {
			t.Errorf("page shows %q", secret)
		}
	}
}

func TestStateIsFresh(t *testing.T) {
	t.Parallel()
	a, b := start(t, t.Context(), flow(t, answering(200, granted))), start(t, t.Context(), flow(t, answering(200, granted)))
	for _, name := range []string{"state", "code_challenge"} {
		if a.auth.Get(name) == b.auth.Get(name) {
			t.Errorf("two flows share the %s %q", name, a.auth.Get(name))
		}
	}
}

func TestFinishFails(t *testing.T) {
	t.Parallel()
	f := flow(t, answering(200, granted))
	locked := errors.New("keyring is locked <canary>")
	f.Finish = func(context.Context, Grant) (string, error) { return "", locked }
	r := start(t, t.Context(), f)
	page := r.get(r.callbackURL("code=" + theCode))
	grant, err := r.end()
	if err != locked { //nolint:errorlint // promised to come back as it is
		t.Errorf("Run returned %v", err)
	}
	if diff := cmp.Diff(wantGrant(), grant); diff != "" {
		t.Errorf("grant beside the error (-want +got):\n%s", diff)
	}
	if page.status != http.StatusInternalServerError || !strings.Contains(page.body, "terminal") || strings.Contains(page.body, "canary") {
		t.Errorf("page %d:\n%s", page.status, page.body)
	}
}

func TestInterruptWhileWaiting(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := start(t, ctx, flow(t, answering(200, granted)))
	cancel()
	if _, err := r.end(); !errors.Is(err, context.Canceled) {
		t.Errorf("Run returned %v", err)
	}
}

// A code that the server has taken must be saved, whatever the user presses.
func TestInterruptDuringExchange(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	f := flow(t, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		answering(200, granted)(w, r)
	})
	var saved Grant
	f.Finish = func(ctx context.Context, g Grant) (string, error) {
		saved = g
		return "", ctx.Err()
	}
	r := start(t, ctx, f)
	page := r.get(r.callbackURL("code=" + theCode))
	grant, err := r.end()
	if err != nil || page.status != http.StatusOK {
		t.Errorf("Run returned %v, page %d", err, page.status)
	}
	if diff := cmp.Diff(grant, saved); diff != "" {
		t.Errorf("saved (-granted +saved):\n%s", diff)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	f := flow(t, answering(200, granted))
	f.Timeout = 1
	r := start(t, t.Context(), f)
	if _, err := r.end(); !errors.Is(err, ErrTimeout) {
		t.Errorf("Run returned %v", err)
	}
}

func TestBrowserGoesAway(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan struct{})
	f := flow(t, answering(200, granted))
	f.Finish = func(ctx context.Context, _ Grant) (string, error) {
		leave()
		<-gone
		return "", ctx.Err()
	}
	r := start(t, t.Context(), f)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.callbackURL("code="+theCode), nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultTransport.RoundTrip(req); err == nil {
		t.Errorf("the browser was answered %s before the grant was saved", resp.Status)
	}
	close(gone)
	if _, err := r.end(); err != nil {
		t.Errorf("Run returned %v", err)
	}
}

func TestPaste(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]func(r *run) string{
		"whole URL":      func(r *run) string { return r.callbackURL("code=" + theCode) },
		"without scheme": func(r *run) string { return strings.TrimPrefix(r.callbackURL("code="+theCode), "http://") },
		"quoted":         func(r *run) string { return `  "` + r.callbackURL("code="+theCode) + `"` },
		"query":          func(r *run) string { return "code=" + theCode + "&state=" + r.auth.Get("state") },
		"?query":         func(r *run) string { return "?state=" + r.auth.Get("state") + "&code=" + theCode },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := flow(t, answering(200, granted))
			keyboard, typed := io.Pipe() // never closed: a read is still blocked when Run ends
			f.Paste = keyboard
			finishing, finish := make(chan struct{}), make(chan struct{})
			f.Finish = func(context.Context, Grant) (string, error) {
				close(finishing)
				<-finish
				return "", nil
			}
			r := start(t, t.Context(), f)
			for _, wrong := range []string{
				"hello", theCode, r.callbackURL("code=" + theCode + "&state=wrong"),
				strings.Replace(r.callbackURL("code="+theCode), "localhost", "evil.example", 1),
				strings.Replace(r.callbackURL("code="+theCode), "callback", "other", 1),
			} {
				_, _ = io.WriteString(typed, wrong+"\n")
				if note := <-r.notes; !strings.Contains(note, "pasted") || strings.Contains(note, theCode) {
					t.Errorf("%q was noted as %q", wrong, note)
				}
			}
			_, _ = io.WriteString(typed, "\n"+form(r)+"\n")
			<-finishing
			if page := r.get(r.callbackURL("code=" + theCode)); page.status != http.StatusConflict {
				t.Errorf("the browser's later callback got %d", page.status)
			}
			close(finish)
			if grant, err := r.end(); err != nil || grant.InstallName != "installs/7" {
				t.Errorf("Run returned %+v, %v", grant, err)
			}
		})
	}
}

func TestPasteEnds(t *testing.T) {
	t.Parallel()
	f := flow(t, answering(200, granted))
	f.Paste = strings.NewReader("nonsense")
	r := start(t, t.Context(), f)
	<-r.notes
	r.get(r.callbackURL("code=" + theCode))
	if _, err := r.end(); err != nil {
		t.Errorf("Run returned %v", err)
	}
}

package loopback

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/wire"
)

func TestRun(t *testing.T) {
	t.Parallel()
	var form url.Values
	f := flow(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form = r.PostForm
		answering(200, granted)(w, r)
	})
	f.Finish = func(_ context.Context, g wire.Grant) (string, error) {
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

	if u := <-opened; u != r.request.URL || authorize.CheckBrowserURL(u) != nil {
		t.Errorf("opened %q, shown %q", u, r.request.URL)
	}
	if note := <-r.notes; !strings.Contains(note, "no display") {
		t.Errorf("the browser's failure was noted as %q", note)
	}
	if form.Get("code") != theCode || form.Get("code_verifier") != r.request.Verifier {
		t.Errorf("exchange form %v", form)
	}
	if page.status != http.StatusOK {
		t.Errorf("page status %d", page.status)
	}
	for _, want := range []string{"Saved as installs/7.", "apps/2", "workspaces/userworkspace", "sources/javascript", "close this tab"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	for _, secret := range []string{theCode, grant.AccessToken, r.request.State, clientSecret, r.request.Verifier} {
		if strings.Contains(page.body, secret) {
			t.Errorf("page shows %q", secret)
		}
	}
}

func TestFinishFails(t *testing.T) {
	t.Parallel()
	f := flow(t, answering(200, granted))
	locked := errors.New("keyring is locked <canary>")
	f.Finish = func(context.Context, wire.Grant) (string, error) { return "", locked }
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
	var saved wire.Grant
	f.Finish = func(ctx context.Context, g wire.Grant) (string, error) {
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
	if _, err := r.end(); err != ErrTimeout { //nolint:errorlint // the server was asked and refuses nothing
		t.Errorf("Run returned %v", err)
	}
}

func TestBrowserGoesAway(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan struct{})
	f := flow(t, answering(200, granted))
	f.Finish = func(ctx context.Context, _ wire.Grant) (string, error) {
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

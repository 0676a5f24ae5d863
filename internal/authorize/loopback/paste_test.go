package loopback

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/wire"
)

func TestPaste(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]func(r *run) string{
		"whole URL":      func(r *run) string { return r.callbackURL("code=" + theCode) },
		"without scheme": func(r *run) string { return strings.TrimPrefix(r.callbackURL("code="+theCode), "http://") },
		"quoted":         func(r *run) string { return `  "` + r.callbackURL("code="+theCode) + `"` },
		"query":          func(r *run) string { return "code=" + theCode + "&state=" + r.request.State },
		"?query":         func(r *run) string { return "?state=" + r.request.State + "&code=" + theCode },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := flow(t, answering(200, granted))
			keyboard, typed := io.Pipe() // never closed: a read is still blocked when Run ends
			f.Paste = keyboard
			finishing, finish := make(chan struct{}), make(chan struct{})
			f.Finish = func(context.Context, wire.Grant) (string, error) {
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

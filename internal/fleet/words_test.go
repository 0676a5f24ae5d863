package fleet

import (
	"testing"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
)

func TestSummaryInWords(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"2 changed, 1 failed of 3 installs in 3.1s.":                        Summary{Targets: 3, Changed: 2, Failed: 1, Millis: 3123}.InWords(false, 0),
		"1 ok of 1 install in 12ms.":                                        Summary{Targets: 1, OK: 1, Millis: 12}.InWords(false, 0),
		"2 would be changed, 1 ok, 1 left as they are of 4 installs in 0s.": Summary{Targets: 4, OK: 1, Left: 3}.InWords(true, 2),
		"1 different of 2 installs in 1s.":                                  Summary{Targets: 2, Different: 1, Millis: 1000}.InWords(false, 0),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestChangesInWords(t *testing.T) {
	t.Parallel()
	got := ChangesInWords([]Change{{"a", "", "1"}, {"b", "1", ""}, {"c", "1", "2"}})
	if want := "a: 1, b: 1 → (unset), c: 1 → 2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestResultInWords(t *testing.T) {
	t.Parallel()
	narrow := Target{Card: install.Card{Scope: "destination/clearbrain"}}
	for _, c := range []struct {
		result             Result
		word, detail, slug string
	}{
		{Result{Health: destination.Healthy, Detail: "fine", Target: narrow}, "ok", "fine", "clearbrain"},
		{Result{Health: destination.NoAccess, Error: &problem.View{Message: "locked"}}, "failed", "locked", ""},
		{Result{
			Health: destination.Unreachable, Detail: "no answer", Error: &problem.View{Message: "x"},
			Subject: Subject{Destination: "workspaces/a/sources/b/destinations/webhooks"}, Target: narrow,
		}, "unreachable", "no answer", "webhooks"},
	} {
		word, detail := c.result.HealthInWords()
		if word != c.word || detail != c.detail || c.result.Slug() != c.slug {
			t.Errorf("%q, %q and %q, want %+v", word, detail, c.result.Slug(), c)
		}
	}
	if who := (Subject{Install: "installs/1", On: "a/b"}).Who(); who != "a/b" {
		t.Errorf("it is called %q", who)
	}
}

package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox/local"
)

// forgetful is a store that loses what it is to keep once it is broken: it fails after a change was made, as a disk does
// that fills up in that very moment.
type forgetful struct {
	install.Store
	broken bool
}

func (f *forgetful) Update(ctx context.Context, name string, change func(*install.Install) (*install.Install, error)) error {
	if !f.broken {
		return f.Store.Update(ctx, name, change)
	}
	var old *install.Install
	if kept, err := f.Get(ctx, name); err == nil {
		old = &kept
	}
	if _, err := change(old); err != nil {
		return err
	}
	return &install.StoreError{Kind: install.DiskFull, Op: "write", Item: "default/" + name, Store: "the store of this test"}
}

// TestUnsaved loses what was granted, and what was refreshed: the command says so, and exits with 9, also where its own
// work was done.
func TestUnsaved(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		hint string
		done string // what the command said or printed of its work
	}{
		"granted":              {[]string{"install"}, "segctl installs import installs/1", ""},
		"refreshed":            {[]string{"token", "refresh"}, "segctl token refresh --install installs/1", ""},
		"imported":             {[]string{"installs", "import", "installs/1"}, "segctl installs import installs/1", ""},
		"refreshed on the way": {[]string{"dest", "get", "-o", "json"}, "segctl token refresh --install installs/1", `"display_name": "ClearBrain"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, said := stageInstall(t, nil)
			app.OpenURL = local.Visit
			store := &forgetful{Store: install.NewMemory()}
			app.Store = store
			for _, args := range [][]string{{"install"}, {"dest", "enable", "--api-key", "abcd1234"}} {
				if status := again(app, said).Run(t.Context(), args); status != problem.ExitOK {
					t.Fatalf("exit status %d\n%s", status, said)
				}
			}
			store.broken = true
			late := again(app, said)
			late.Now = func() time.Time { return time.Now().Add(2 * time.Hour) } // the token has expired by then
			said.Reset()
			if status := late.Run(t.Context(), test.args); status != problem.ExitStore {
				t.Errorf("exit status %d, want %d", status, problem.ExitStore)
			}
			for _, want := range []string{test.hint, test.done} {
				if !strings.Contains(said.String(), want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
		})
	}
}

// TestUnsavedJSON wants the same as one JSON object.
func TestUnsavedJSON(t *testing.T) {
	t.Parallel()
	app, said := stageInstall(t, nil)
	app.OpenURL = local.Visit
	app.Store = &forgetful{Store: install.NewMemory(), broken: true}
	if status := app.Run(t.Context(), []string{"install", "-q", "-o", "json"}); status != problem.ExitStore {
		t.Fatalf("exit status %d\n%s", status, said)
	}
	_, text, _ := strings.Cut(said.String(), "{")
	var answer struct {
		Error struct {
			Code  int      `json:"code"`
			Hints []string `json:"hints"`
		} `json:"error"`
	}
	if err := json.Unmarshal([]byte("{"+text), &answer); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if answer.Error.Code != problem.ExitStore || len(answer.Error.Hints) == 0 {
		t.Errorf("%+v", answer)
	}
}

// again returns an App in the place of one that has run: a process runs one command line.
func again(app *App, said *bytes.Buffer) *App {
	return &App{In: strings.NewReader(""), Out: said, Err: said, Now: app.Now, Env: app.Env, OpenURL: app.OpenURL, Store: app.Store, Transport: app.Transport}
}

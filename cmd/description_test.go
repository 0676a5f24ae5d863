package cmd

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/openapi"
)

// description is that of the Config API, which requests of segctl and answers of the sandbox are held against.
var description = openapi.Loader("..")

// judged is a sandbox in a test that fails where a request of segctl or an answer is not as the description says.
func judged(tb testing.TB, box *sandbox.Server) http.Handler {
	tb.Helper()
	spec, err := description()
	if err != nil {
		tb.Fatal(err)
	}
	return spec.Test(tb, box)
}

// scriptTest is the key under which a script has its test.
type scriptTest struct{}

// judgedInScript is judged for a script, of whose requests so many are wrong on purpose.
func judgedInScript(ts *testscript.TestScript, box *sandbox.Server, wrong int) http.Handler {
	spec, err := description()
	ts.Check(err)
	// testscript's T has Error, though its interface does not say so.
	test := ts.Value(scriptTest{}).(interface{ Error(args ...any) })
	var mu sync.Mutex
	var said []error
	ts.Defer(func() {
		mu.Lock()
		defer mu.Unlock()
		if len(said) != wrong {
			test.Error(fmt.Sprintf("%d requests of segctl are not as described, want %d: %v", len(said), wrong, errors.Join(said...)))
		}
	})
	return spec.Check(box, openapi.Reports{
		Answer: func(err error) { test.Error(err) },
		Request: func(err error) {
			mu.Lock()
			defer mu.Unlock()
			said = append(said, err)
		},
	})
}

package cmd

import (
	"net/http"
	"testing"

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

// reporter is what testscript's T has, too, though its interface does not say so.
type reporter interface{ Error(args ...any) }

package openapi

import (
	"net/http"
	"sync"
	"testing"
)

// Loader reads the description of the Config API once for all tests of a package, which is at root below the module's
// folder: "../..".
func Loader(root string) func() (*Spec, error) {
	return sync.OnceValues(func() (*Spec, error) { return Load(root + "/docs/schema/config-api.yaml") })
}

// Test is the sandbox with Check in front, that fails a test.
func (s *Spec) Test(tb testing.TB, sandbox http.Handler) http.Handler {
	tb.Helper()
	fail := func(err error) { tb.Error(err) }
	return s.Check(sandbox, Reports{fail, fail})
}

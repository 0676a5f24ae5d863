// Package sandbox is a local Segment: its authorization server, its login and consent pages, its Config API and its
// catalog, in one http.Handler. It answers as the real service does, quirks included, so that programs written for
// Segment can be tried without an account.
//
// It knows nothing of segctl: not its client, its settings or its stores. Its wire types are its own.
package sandbox

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The App that every sandbox starts with.
const (
	DemoClientID     = "6f1c2a4e-8d3b-4f57-9a60-2b7e5d90c1ab"
	DemoClientSecret = "sandbox-secret-of-the-demo-app"
	DemoRedirectURL  = "http://localhost:8888/auth/segment/callback"
)

// demoApp is the name of that App.
const demoApp = "apps/2"

// The person who owns the workspaces, as the login page suggests them.
const (
	DemoEmail    = "ada@acme.example"
	DemoPassword = "sandbox"
)

// Options say how a sandbox starts. The zero value is a good one.
type Options struct {
	Scope        string            // that the demo App is registered with; "" means destination/clearbrain
	AutoApprove  bool              // /oauth2/auth answers with the callback at once, as Approve says
	Approve      string            // WORKSPACE/SOURCE to allow, WORKSPACE for its first source, or DenyAll; "" is the first of all
	TokenTTL     time.Duration     // how long an install token works; 0 means an hour
	CodeTTL      time.Duration     // how long an authorization code works; 0 means ten minutes
	Tokens       []string          // personal tokens, each TOKEN or TOKEN:SCOPE; without a scope it is workspace
	RedirectURLs []string          // registered for the demo App beside DemoRedirectURL
	Quirks       map[string]string // name to value, as Quirks lists them
	RateLimit    int               // requests a minute and token; 0 is none (Segment's is 200)
	SeedFile     string            // YAML that replaces the built-in seed
	CatalogFile  string            // JSON or YAML that replaces the built-in destination catalog
	Customers    int               // workspaces, each with a source and an install of the demo App, to make up beside the seed
	Enabled      int               // percent of them that have the destination of the scope, enabled
	StateFile    string            // keeps the state over restarts; "" is memory only
	Now          func() time.Time  // nil means time.Now

	// Refused is told why a request was refused for its host, once for each host. nil: nobody is told.
	Refused func(why string)
}

// Server is one sandbox. It is an http.Handler, and safe for concurrent use.
type Server struct {
	options Options
	store   *store
	routes  []route
	log     *requestLog
	quirks  atomic.Pointer[map[string]string]
	secret  [32]byte // signs session cookies and form tokens
	faults  faultList
	limit   rateLimit
	ahead   atomic.Int64 // nanoseconds that the clock was moved forward
	stats   counters
	refused refusals
	base    []change // the seed, for a reset
	added   []string // slugs of destinations that the catalog lacked
	admin   http.Handler

	snapshots snapshots

	patterns sync.Map // of the catalog: string to func(string) bool
}

// New returns a sandbox with its seed: a user, the workspaces acme and globex, the demo App and a catalog. The errors
// are about options that make no sense.
func New(o Options) (*Server, error) {
	if o.Scope == "" {
		o.Scope = scopeDestination + "clearbrain"
	}
	if o.TokenTTL == 0 {
		o.TokenTTL = time.Hour
	}
	if o.CodeTTL == 0 {
		o.CodeTTL = 10 * time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := checkScope(o.Scope); err != nil {
		return nil, err
	}
	s := &Server{options: o, store: newStore(), routes: configRoutes(), log: newRequestLog()}
	_, _ = rand.Read(s.secret[:]) // never fails
	quirks := map[string]string{}
	for _, q := range Quirks() {
		quirks[q.Name] = q.Value
	}
	for name, value := range maps.All(o.Quirks) {
		if err := setQuirk(quirks, name, value); err != nil {
			return nil, err
		}
	}
	s.quirks.Store(&quirks)
	if err := s.load(); err != nil {
		return nil, err
	}
	if err := s.checkApproval(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.admin = http.NewCrossOriginProtection().Handler(http.HandlerFunc(s.serveAdmin))
	return s, nil
}

// Close writes what a state file still lacks and lets go of it. A sandbox without one has nothing to close.
func (s *Server) Close() error {
	if s.store.journal == nil {
		return nil
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	return s.store.journal.close()
}

// now is the sandbox's clock, which Advance moves.
func (s *Server) now() time.Time { return s.options.Now().Add(time.Duration(s.ahead.Load())) }

// Advance moves the clock forward, so that tokens and codes expire without waiting. It returns the new time.
func (s *Server) Advance(d time.Duration) time.Time {
	s.ahead.Add(int64(d))
	return s.now()
}

// SetQuirk changes a quirk while the sandbox runs. The error says what would have been possible.
func (s *Server) SetQuirk(name, value string) error {
	for {
		old := s.quirks.Load()
		changed := maps.Clone(*old)
		if err := setQuirk(changed, name, value); err != nil {
			return err
		}
		if s.quirks.CompareAndSwap(old, &changed) {
			return nil
		}
	}
}

// presetToken reads TOKEN or TOKEN:SCOPE.
func presetToken(preset string) (value, scope string, err error) {
	value, scope, ok := strings.Cut(preset, ":")
	if !ok {
		scope = scopeWorkspace
	}
	if value == "" || strings.ContainsAny(value, " /") {
		return "", "", fmt.Errorf("preset token is empty, or has a space or a slash in it")
	}
	if err := checkScope(scope); err != nil {
		return "", "", fmt.Errorf("preset token: %w", err)
	}
	return value, scope, nil
}

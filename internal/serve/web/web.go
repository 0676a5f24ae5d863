// Package web is the hosted flow over HTTP: the JSON API of the partner's backend, the pages of the customer's browser,
// and what watches over a service asks for. It decides on requests and nothing else: whether they are for this service, by
// whom, how large and how many; what becomes of a link or an install is decided by package flow.
//
// Nothing that opens a door gets into a log: requests are logged by the pattern of their route, never by path or query.
package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// Engine runs the flows; it is a *flow.Engine.
type Engine interface {
	NewLink(ctx context.Context, r flow.LinkRequest) (flow.Created, error)
	Reconnect(ctx context.Context, install string, r flow.LinkRequest) (flow.Created, error)
	Look(ctx context.Context, id string) (flow.View, error)
	Begin(ctx context.Context, id string) (flow.Begun, error)
	Callback(ctx context.Context, rawQuery string, cookies []*http.Cookie) (flow.Outcome, error)
}

// Ledger is what the API reads; it is a *ledger.Ledger.
type Ledger interface {
	CheckToken(ctx context.Context, token string) (name string, err error)
	Connection(ctx context.Context, db ledger.DB, install string, lock bool) (ledger.Connection, error)
	Connections(ctx context.Context, after string, limit int) ([]ledger.Connection, error)
	Events(ctx context.Context, after string, limit int) ([]ledger.Event, error)
}

// Store is where the installs are; it is a *postgres.Store.
type Store interface {
	CardsOf(ctx context.Context, names []string) ([]install.Card, error)
	Pool(ctx context.Context) (*pgxpool.Pool, error)
}

// Options are what the service works with.
type Options struct {
	Engine Engine
	Ledger Ledger
	Store  Store

	Redeliver func(ctx context.Context, id string) error // sends the webhook of an event again; nil: there are no webhooks
	Ready     func(ctx context.Context) error            // why the service cannot work, nil while it can; nil: it always can
	Metrics   func(w io.Writer)                          // writes what is counted beside the requests; nil: nothing

	PublicURL  string // scheme, host and port that browsers reach the service at; its host is the one that is answered to
	TrustProxy bool   // the last address in X-Forwarded-For is the client's, since a proxy of ours put it there

	Name string // of the partner, on the pages; "": the public URL's host
	Logo string // a file, see [CheckLogo]; "" is none

	Log      *slog.Logger     // nil logs nothing
	Now      func() time.Time // nil is this machine's clock
	Redactor *secret.Redactor // learns what opens a door; nil learns nothing
}

// service answers requests.
type service struct {
	Options
	https   bool
	host    string // of the public URL, as hostName returns it
	logo    *logo  // nil: none
	mux     *http.ServeMux
	limits  limits
	counts  counts
	quickly readiness
}

// route is one way into the service.
type route struct {
	pattern string // of http.ServeMux
	serve   http.HandlerFunc
}

// New returns the service. Its limits on the time of a request are those of [Server].
func New(o Options) http.Handler { return newService(o) }

func newService(o Options) *service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &service{Options: o, mux: http.NewServeMux(), limits: newLimits(), counts: newCounts(), quickly: readiness{clock: time.Now}}
	if u, err := url.Parse(o.PublicURL); err == nil { // package flow has refused any other
		s.https, s.host = strings.EqualFold(u.Scheme, "https"), hostName(u.Host)
	}
	if o.Name == "" {
		s.Name = s.host
	}
	if o.Logo != "" {
		var err error
		if s.logo, err = readLogo(o.Logo); err != nil {
			s.Log.Warn("the pages have no logo", "error", err.Error())
		}
	}
	for _, r := range s.routes() {
		s.mux.HandleFunc(r.pattern, r.serve)
	}
	return s
}

// routes are all there are. GET is HEAD, too.
func (s *service) routes() []route {
	return []route{
		{"POST /v1/links", s.api(s.createLink)},
		{"GET /v1/installs", s.api(s.listInstalls)},
		{"GET /v1/installs/{name}", s.api(s.getInstall)},
		{"POST /v1/installs/{name}/reconnect", s.api(s.reconnect)},
		{"GET /v1/events", s.api(s.listEvents)},
		{"POST /v1/events/{id}/redeliver", s.api(s.redeliver)},

		{"GET /connect/{id}", s.connect},
		{"GET " + flow.CallbackPath, s.callback},
		{"GET /logo", s.serveLogo},

		{"GET /healthz", s.healthz},
		{"GET /readyz", s.readyz},
		{"GET /metrics", s.metrics},
	}
}

// isAPI reports whether a path is the API's, which is answered in JSON whatever is wrong.
func isAPI(path string) bool { return path == "/v1" || strings.HasPrefix(path, "/v1/") }

// isInside reports whether a path is for what watches over the service on its own network.
func isInside(path string) bool { return path == "/healthz" || path == "/readyz" || path == "/metrics" }

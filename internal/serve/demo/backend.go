// Package demo is what a partner's own product does with the hosted flow, as small as it can be: it asks the service for a
// link when a customer presses a button, checks the signed result with which the customer comes back, and receives the
// webhooks. `segctl serve --demo` shows it beside the service.
//
// It knows the service only as a partner's backend does: by its HTTP API, with a token, and by the webhook secret. It is for
// one person on one machine, and answers to loopback names alone.
package demo

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Paths of the backend, for the service's configuration.
const (
	ReturnPath  = "/connected" // where customers come back to
	WebhookPath = "/webhooks"  // where the service sends events to
)

// Options say which service the backend uses, and how.
type Options struct {
	URL           string            // of the backend itself, such as "http://127.0.0.1:8790"
	Service       string            // origin of the service, such as "http://localhost:8791"
	Token         string            // of the service's API
	WebhookSecret string            // whsec_…
	Client        *http.Client      // for the service's API; nil: http.DefaultClient
	Customers     []string          // nil: acme and globex
	Setting       string            // that a customer's key is for; "": apiKey
	Segment       string            // where the customer's side of Segment is looked at; "": nowhere is said
	Login         string            // how a customer signs in there, in words; may be ""
	Now           func() time.Time  // nil: time.Now
	Changed       func(what string) // told what came, in a line without secrets; nil: nobody is
}

// Backend is the partner's backend. Its methods may be called at the same time.
type Backend struct {
	options  Options
	verifier *webhooks.Webhook
	handler  http.Handler

	mu        sync.Mutex
	customers []*customer
	events    []*received          // the newest first, at most maxEvents
	seen      map[string]bool      // ids of the results with which customers came back
	byID      map[string]*received // of events
	refused   int                  // requests that claimed to be from the service, and were not signed by it
	problem   string               // why the last link could not be made; "" when it could
}

// customer is a customer of the partner. The key is what the partner's product gave them: nobody types it.
type customer struct {
	Name, key string

	Mail    string // a link that was made to be sent; "" for none
	Status  string // with which they came back; "" before
	Install string
	Where   string // workspaces and sources, in words
	Health  string
	Detail  string
	at      time.Time // of the event that told the health
}

// New returns a backend with a new key for each customer.
func New(o Options) (*Backend, error) {
	own, err := url.Parse(o.URL)
	if err != nil || own.Host == "" {
		return nil, fmt.Errorf("the backend's own URL %q is none", o.URL)
	}
	b := &Backend{options: o, seen: map[string]bool{}, byID: map[string]*received{}}
	if b.verifier, err = webhooks.NewWebhook(o.WebhookSecret); err != nil || strings.TrimPrefix(o.WebhookSecret, "whsec_") == "" {
		return nil, fmt.Errorf("the webhook secret is none: it is whsec_ and base64") // the cause would quote it
	}
	if len(o.Customers) == 0 {
		o.Customers = []string{"acme", "globex"}
	}
	for _, name := range o.Customers {
		b.customers = append(b.customers, &customer{Name: name, key: newKey()})
	}
	if b.options.Client == nil {
		b.options.Client = http.DefaultClient
	}
	if b.options.Setting == "" {
		b.options.Setting = "apiKey"
	}
	if b.options.Now == nil {
		b.options.Now = time.Now
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", b.showPage)
	mux.HandleFunc("POST /connect", b.connect)
	mux.HandleFunc("GET "+ReturnPath, b.comeBack)
	mux.HandleFunc("POST "+WebhookPath, b.receive)
	mux.HandleFunc("GET "+WebhookPath, b.listEvents)
	b.handler = guarded(own.Port(), http.NewCrossOriginProtection().Handler(mux))
	return b, nil
}

// newKey returns a key as a partner's product may give it to a customer.
func newKey() string {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // it never fails
	return hex.EncodeToString(random)
}

// ServeHTTP answers browsers and the service.
func (b *Backend) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.handler.ServeHTTP(w, r) }

// guarded answers only to loopback names with the backend's port: a name that somebody else's page resolves to this machine
// is refused.
func guarded(port string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, at, err := net.SplitHostPort(r.Host)
		if err != nil || at != port || host != "localhost" && !net.ParseIP(host).IsLoopback() {
			http.Error(w, "this is a demo for one machine", http.StatusMisdirectedRequest)
			return
		}
		secureHeaders(w.Header())
		next.ServeHTTP(w, r)
	})
}

// customer returns a customer by name, nil where there is none. The caller holds the lock.
func (b *Backend) customer(name string) *customer {
	for _, c := range b.customers {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// tell says what came to whoever runs the demo.
func (b *Backend) tell(format string, args ...any) {
	if b.options.Changed != nil {
		b.options.Changed(fmt.Sprintf(format, args...))
	}
}

// NewSecret returns a new webhook secret.
func NewSecret() string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // it never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(random)
}

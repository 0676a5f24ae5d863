package demo

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// maxEvents bounds the events that are kept and shown.
const maxEvents = 100

// event is the body of a webhook.
type event struct {
	ID   string    `json:"id"`
	Type string    `json:"type"`
	Time time.Time `json:"timestamp"`
	Data struct {
		Install     string   `json:"install"`
		Customer    string   `json:"customer"`
		Workspaces  []string `json:"workspace_names"`
		Sources     []string `json:"source_names"`
		Destination string   `json:"destination"`
		Health      string   `json:"health"`
		From        string   `json:"from"`
		Detail      string   `json:"detail"`
	} `json:"data"`
}

// received is an event that came, verified. The service sends one again until it knows that it arrived.
type received struct {
	event
	Times int // how often it came
	body  json.RawMessage
}

// receive takes a webhook: verify the signature over the bytes as they came, do nothing twice, answer 2xx.
func (b *Backend) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	if err != nil {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	var e event
	if err := b.verifier.Verify(body, r.Header); err != nil {
		b.refuse()
		http.Error(w, "not signed with this backend's webhook secret", http.StatusUnauthorized)
		return
	}
	if err := json.Unmarshal(body, &e); err != nil || e.ID == "" {
		http.Error(w, "not an event", http.StatusBadRequest)
		return
	}
	if b.keep(e, body) {
		b.tell("webhook %s for %s, signature verified", e.Type, e.Data.Customer)
	}
	w.WriteHeader(http.StatusNoContent)
}

func (b *Backend) refuse() {
	b.mu.Lock()
	b.refused++
	b.mu.Unlock()
	b.tell("a request that is not signed with the webhook secret was refused")
}

// keep keeps an event and what it says of its customer. It reports whether the event is new.
func (b *Backend) keep(e event, body []byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if known := b.byID[e.ID]; known != nil {
		known.Times++
		return false
	}
	r := &received{event: e, Times: 1, body: body}
	b.byID[e.ID] = r
	b.events = slices.Insert(b.events, 0, r)
	for len(b.events) > maxEvents {
		delete(b.byID, b.events[len(b.events)-1].ID)
		b.events = b.events[:len(b.events)-1]
	}
	if c := b.customer(e.Data.Customer); c != nil {
		c.learn(e)
	}
	return true
}

// learn takes what an event says of a customer. Events can come in another order than they happened in: the later one
// counts.
func (c *customer) learn(e event) {
	if e.Time.Before(c.at) {
		return
	}
	c.at, c.Install = e.Time, e.Data.Install
	if where := slices.Concat(e.Data.Sources, e.Data.Workspaces); len(where) > 0 {
		c.Where = strings.TrimPrefix(strings.ReplaceAll(where[0], "/sources/", "/"), "workspaces/")
	}
	kind, what, _ := strings.Cut(e.Type, ".")
	switch {
	case kind == "destination" && (what == "enabled" || what == "recovered"):
		c.Health, c.Detail = "ok", ""
	case kind == "destination":
		c.Health, c.Detail = what, e.Data.Detail
	case what == "lost":
		c.Health, c.Detail = "lost", e.Data.Detail
	default: // created, reconnected
		c.Health, c.Detail = "connected", e.Data.Detail
	}
}

// listEvents is what came, as JSON, the oldest first.
func (b *Backend) listEvents(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	all := make([]json.RawMessage, 0, len(b.events))
	for _, r := range slices.Backward(b.events) {
		all = append(all, r.body)
	}
	b.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(all) // to a browser that has gone, maybe
}

// comeBack is where the service sends the customer's browser. What the query says comes from that browser, so that it counts
// only if the service signed it, a short while ago, and once.
func (b *Backend) comeBack(w http.ResponseWriter, r *http.Request) {
	result, err := b.verifyReturn(r.URL.Query())
	if err != nil {
		b.refuse()
		http.Error(w, "this result is not signed by the service, or is too old", http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	fresh := !b.seen[result.id]
	b.seen[result.id] = true
	if c := b.customer(result.customer); c != nil && fresh {
		c.Status, c.Mail = result.status, ""
		if result.install != "" {
			c.Install = result.install
		}
	}
	b.mu.Unlock()
	if fresh {
		b.tell("%s came back: %s, signature verified", result.customer, result.status)
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// returned is a result with which a customer came back.
type returned struct{ id, status, install, customer string }

// verifyReturn checks the signature of a result: Standard Webhooks' over the text "status=…&install=…&customer=…".
func (b *Backend) verifyReturn(q url.Values) (returned, error) {
	r := returned{q.Get("segctl_id"), q.Get("segctl_status"), q.Get("segctl_install"), q.Get("segctl_customer")}
	for name, values := range q {
		if strings.HasPrefix(name, "segctl_") && len(values) > 1 {
			return r, errors.New("a parameter is there twice")
		}
	}
	signed := "status=" + url.QueryEscape(r.status) + "&install=" + url.QueryEscape(r.install) + "&customer=" + url.QueryEscape(r.customer)
	header := http.Header{}
	header.Set(webhooks.HeaderWebhookID, r.id)
	header.Set(webhooks.HeaderWebhookTimestamp, q.Get("segctl_timestamp"))
	header.Set(webhooks.HeaderWebhookSignature, q.Get("segctl_signature"))
	return r, b.verifier.Verify([]byte(signed), header)
}

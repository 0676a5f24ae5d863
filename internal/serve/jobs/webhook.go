package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/riverqueue/river"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

const (
	// webhookTime bounds one delivery.
	webhookTime = 10 * time.Second
	// webhookPatience is how long a delivery is tried.
	webhookPatience = 72 * time.Hour
)

// webhookBackoff comes to some two dozen attempts in three days.
func webhookBackoff() backoff { return backoff{5 * time.Second, 6 * time.Hour} }

func errNoWebhook() error {
	return problem.Usage("no webhook URL is set: there is nobody to send events to").Hint("what is missing", "serve", "check")
}

// deliver sends an event to the partner's server. It is delivered once that answers with a status of 2xx; each attempt has the
// event's id as webhook-id, so that a receiver knows one that it has.
func (j *Jobs) deliver(ctx context.Context, job *river.Job[webhookArgs]) (next, error) {
	e, err := j.o.Ledger.Event(ctx, job.Args.Event)
	if errors.Is(err, ledger.ErrNotFound) {
		return ended("gone"), nil
	}
	if err != nil {
		return next{}, &later{err, checkBackoff().wait(failuresOf(job.Metadata) + 1)}
	}
	if j.o.WebhookURL == "" {
		return ended("nobody"), nil
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return next{}, err
	}
	now := j.o.Now()
	signature, err := j.o.Signer.Sign(e.ID, now, payload)
	if err != nil {
		return next{}, err
	}
	err = j.hooks.send(ctx, payload, e.ID, now, signature)
	j.metrics.delivered(err)
	switch {
	case err == nil:
		return ended("delivered"), nil
	case ctx.Err() == nil && j.riverTime().Sub(job.CreatedAt) > webhookPatience:
		j.o.Log.ErrorContext(ctx, "a webhook was given up", "event", e.ID, "error", j.redact(err))
		return ended("given_up"), nil
	}
	return next{}, &later{err, webhookBackoff().wait(failuresOf(job.Metadata) + 1)}
}

// receiver is the partner's server, as webhooks are sent to it. Nothing of its answers is kept but the status.
type receiver struct {
	url    string
	client *http.Client
}

// newReceiver returns the receiver at a URL. Redirects are not followed: an event goes to that URL alone.
func newReceiver(target string) *receiver {
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           workers()[classWebhooks],
		MaxIdleConnsPerHost:    workers()[classWebhooks],
		IdleConnTimeout:        time.Minute,
		TLSHandshakeTimeout:    webhookTime,
		MaxResponseHeaderBytes: 64 << 10,
	}
	client := wire.WithoutRedirects(transport)
	client.Timeout = webhookTime
	return &receiver{url: target, client: client}
}

// statusError says that a receiver did not take a webhook.
type statusError struct{ status int }

func (e *statusError) Error() string {
	return fmt.Sprintf("the receiver answered %d %s", e.status, http.StatusText(e.status))
}

func (r *receiver) send(ctx context.Context, payload []byte, id string, t time.Time, signature string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(payload))
	if err != nil {
		return errors.New("the webhook URL cannot be parsed")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "segctl")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(t.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	resp, err := r.client.Do(req)
	if err != nil {
		if outer, ok := errors.AsType[*url.Error](err); ok {
			err = outer.Err // without the URL: its query may hold a secret
		}
		return fmt.Errorf("no answer of the receiver: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection can be used again
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return &statusError{resp.StatusCode}
	}
	return nil
}

// close ends the connections that are kept.
func (r *receiver) close() { r.client.CloseIdleConnections() }

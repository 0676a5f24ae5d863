package jobs

import (
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/wire"
)

// Signer signs by Standard Webhooks (https://www.standardwebhooks.com), with every secret that receivers may know: while one
// replaces another, both of them are valid. It is safe for concurrent use.
type Signer struct{ all []*standardwebhooks.Webhook }

const (
	secretPrefix = "whsec_"
	// minSecret and maxSecret are the bytes that Standard Webhooks wants of a secret.
	minSecret, maxSecret = 24, 64
)

// NewSigner reads secrets: "whsec_" and 24 to 64 bytes in base64. The error is a *problem.Error, which holds none of them.
func NewSigner(secrets []string) (*Signer, error) {
	s := new(Signer)
	for _, secret := range secrets {
		encoded, ok := strings.CutPrefix(secret, secretPrefix)
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil || len(raw) < minSecret || len(raw) > maxSecret {
			return nil, problem.Usage("a webhook secret is not %q and %d to %d bytes in base64", secretPrefix, minSecret, maxSecret).
				Hint("what is missing, and how to make one", "serve", "check")
		}
		webhook, err := standardwebhooks.NewWebhookRaw(raw)
		if err != nil {
			return nil, err
		}
		s.all = append(s.all, webhook)
	}
	return s, nil
}

// Sign returns the signatures of a message, one by each secret, separated by spaces as in the header webhook-signature. It
// returns "" where there is no secret.
func (s *Signer) Sign(id string, t time.Time, payload []byte) (string, error) {
	signatures := make([]string, len(s.all))
	for i, webhook := range s.all {
		var err error
		if signatures[i], err = webhook.Sign(id, t, payload); err != nil {
			return "", err
		}
	}
	return strings.Join(signatures, " "), nil
}

// CheckWebhookURL returns a *problem.Error unless events may be sent to a URL: an absolute https URL, or an http one of this
// machine, without user name and password.
func CheckWebhookURL(raw string) error {
	u, err := url.Parse(raw)
	wrong := func(fault string) error {
		return problem.Usage("the webhook URL %s", fault).Hint("what is missing", "serve", "check")
	}
	switch {
	case err != nil: // the parser's error quotes it whole
		return wrong("cannot be parsed")
	case u.Scheme != "https" && u.Scheme != "http":
		return wrong("must begin with https://")
	case u.Hostname() == "":
		return wrong("names no host")
	case u.User != nil || u.Fragment != "":
		return wrong("must have no user name and no fragment")
	case u.Scheme == "http" && !wire.IsLoopback(u.Hostname()):
		return wrong("must be https: plain http is for this machine only")
	}
	return nil
}

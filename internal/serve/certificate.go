package serve

import (
	"crypto/tls"
	"log/slog"
	"sync"
	"time"

	"github.com/segctl/segctl/internal/problem"
)

// certificate is what the service shows as its own. Its files are read again once in a while: certificates are renewed while
// the service runs.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu   sync.Mutex
	pair *tls.Certificate
	read time.Time
}

// certificateAge is how long the files are taken for what they were.
const certificateAge = time.Minute

// certificate reads the files for TLS, nil where there are none.
func (o Options) certificate() (*certificate, error) {
	if o.TLSCert == "" && o.TLSKey == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(o.TLSCert, o.TLSKey)
	if err != nil {
		return nil, problem.Usage("read the certificate and its key: %w", err).Hint("both are files of PEM", "serve", "--help")
	}
	return &certificate{cert: o.TLSCert, key: o.TLSKey, log: o.Log, pair: &pair, read: time.Now()}, nil
}

// get returns the certificate for a connection. Where the files cannot be read any more, it is the one before.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.read) > certificateAge {
		c.read = time.Now()
		if pair, err := tls.LoadX509KeyPair(c.cert, c.key); err == nil {
			c.pair = &pair
		} else {
			c.log.Warn("the certificate cannot be read again, and stays as it was", "error", err.Error())
		}
	}
	return c.pair, nil
}

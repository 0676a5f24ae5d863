package demo

import (
	"net"
	"path/filepath"
	"strings"
	"time"
)

// Service is the service of a demo: where it is, and what it keeps to.
type Service struct {
	Folder string // of settings, state and keys
	URL    string // such as "http://localhost:8791"
	Secret string // of its webhooks, and results
}

// NewService returns a Service with a secret of its own.
func NewService(folder, url string) *Service {
	return &Service{Folder: folder, URL: url, Secret: NewSecret()}
}

// Environment makes the service's key, and returns its variables: nothing of this process's environment reaches it. others
// are those that lead to the sandbox, as NAME=VALUE.
func (s *Service) Environment(database, scope string, others []string) (map[string]string, error) {
	file := filepath.Join(s.Folder, "identity.txt")
	recipient, err := NewKey(file)
	if err != nil {
		return nil, err
	}
	variable := map[string]string{
		"SEGCTL_CONFIG_DIR":      filepath.Join(s.Folder, "config"),
		"SEGCTL_STATE_DIR":       filepath.Join(s.Folder, "state"),
		"SEGCTL_STORE":           "postgres",
		"SEGCTL_DATABASE_URL":    database,
		"SEGCTL_SEAL_RECIPIENTS": recipient,
		"SEGCTL_SEAL_IDENTITIES": file,
		"SEGCTL_SCOPE":           scope,
		"SEGCTL_WEBHOOK_SECRET":  s.Secret,
	}
	for _, other := range others {
		name, value, _ := strings.Cut(other, "=")
		variable[name] = value
	}
	return variable, nil
}

// Arguments are the flags of the service: what a demo needs, beside the partner's product at page, and what was asked for.
func (s *Service) Arguments(page string, every time.Duration, logLevel, logFormat string) []string {
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	return []string{
		"--addr", net.JoinHostPort("127.0.0.1", port), "--public-url", s.URL, "--name", "A partner's product",
		"--allow-return-url", page + ReturnPath, "--webhook-url", page + WebhookPath,
		"--check-every", every.String(), "--grace", "5s", "--log-level", logLevel, "--log-format", logFormat,
	}
}

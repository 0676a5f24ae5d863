package local

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/sandbox"
)

// Profile is the profile that segctl uses with a sandbox.
const Profile = "sandbox"

// Environment returns the variables with which segctl, and programs in the example app's style, use the sandbox, each as
// NAME=VALUE. segctl itself always uses the loopback address: its tokens of a sandbox go to no other, not even to one that
// is intercepted.
func (s *Sandbox) Environment(redirectURL string) []string {
	return []string{
		"SEGCTL_PROFILE=" + Profile,
		"SEGCTL_ID_URL=" + s.URL,
		"SEGCTL_API_URL=" + s.URL,
		"SEGCTL_CLIENT_ID=" + sandbox.DemoClientID,
		"SEGCTL_CLIENT_SECRET=" + sandbox.DemoClientSecret,
		"SEGCTL_REDIRECT_URL=" + redirectURL,
		"CLIENT_ID=" + sandbox.DemoClientID,
		"CLIENT_SECRET=" + sandbox.DemoClientSecret,
	}
}

// TrustEnvironment returns the variables with which programs trust the sandbox's certificate, and go through its proxy
// if there is one. Every library has its own; those that take a list of authorities take it in place of the system's.
func (s *Sandbox) TrustEnvironment() []string {
	var variables []string
	if s.Authority != "" {
		for _, name := range []string{"SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"} {
			variables = append(variables, name+"="+s.Authority)
		}
	}
	if s.authority != nil { // for a browser's --ignore-certificate-errors-spki-list
		variables = append(variables, "SEGCTL_SANDBOX_SPKI="+s.authority.SPKI)
	}
	if s.Proxy != "" {
		for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"} {
			variables = append(variables, name+"="+s.Proxy)
		}
		// Callbacks, and what a test starts on this machine, are reached without the proxy.
		for _, name := range []string{"NO_PROXY", "no_proxy"} {
			variables = append(variables, name+"=localhost,127.0.0.1,::1,[::1]")
		}
		variables = append(variables, "NODE_USE_ENV_PROXY=1") // Node.js 24 and later heed the others only then
	}
	return variables
}

// Description is a sandbox that listens, for a program that started it.
type Description struct {
	URL         string            `json:"url"`
	Authority   string            `json:"authority,omitempty"` // file with the certificate to trust
	Environment map[string]string `json:"environment"`
	Trust       map[string]string `json:"trust,omitempty"` // variables with which programs trust the certificate
}

// Describe returns what a program that uses the sandbox has to know.
func (s *Sandbox) Describe(redirectURL string) Description {
	d := Description{URL: s.URL, Authority: s.Authority, Environment: map[string]string{}, Trust: map[string]string{}}
	for _, into := range []struct {
		variables map[string]string
		from      []string
	}{{d.Environment, s.Environment(redirectURL)}, {d.Trust, s.TrustEnvironment()}} {
		for _, variable := range into.from {
			name, value, _ := strings.Cut(variable, "=")
			into.variables[name] = value
		}
	}
	return d
}

// ChildEnvironment returns the environment of a command that uses the sandbox: what is inherited, without anything that is
// about another server, then Environment, a store, configuration and state in a temporary folder of this sandbox, and
// TrustEnvironment. inherited is a list of NAME=VALUE, and stays as it is.
func (s *Sandbox) ChildEnvironment(inherited []string, redirectURL string) ([]string, error) {
	if err := s.makeFolder(); err != nil {
		return nil, err
	}
	folders := []string{
		"SEGCTL_STORE=file",
		"SEGCTL_CONFIG_DIR=" + filepath.Join(s.folder, "config"),
		"SEGCTL_STATE_DIR=" + filepath.Join(s.folder, "state"),
	}
	kept, trust := withoutSegctl(inherited), s.TrustEnvironment()
	if s.preload != "" {
		trust = append(trust, "NODE_OPTIONS="+nodeOptions(s.preload, lastValue(kept, "NODE_OPTIONS")))
	}
	return slices.Concat(kept, s.Environment(redirectURL), folders, trust), nil
}

// lastValue returns the value of a variable: of several of the same name the last counts.
func lastValue(environment []string, name string) string {
	for _, variable := range slices.Backward(environment) {
		if value, ok := strings.CutPrefix(variable, name+"="); ok {
			return value
		}
	}
	return ""
}

// withoutSegctl returns an environment without the variables of segctl, and of programs in the example app's style. A
// setting, token or client secret for Segment would reach the sandbox otherwise, or send the command to Segment.
func withoutSegctl(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		name = strings.ToUpper(name) // names of variables have no case on Windows
		return strings.HasPrefix(name, "SEGCTL_") || name == "CLIENT_ID" || name == "CLIENT_SECRET"
	})
}

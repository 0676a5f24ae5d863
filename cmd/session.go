package cmd

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/segment"
)

// client returns a Config API client whose requests carry the token of this run.
func (a *App) client(ctx context.Context) (*segment.Client, error) {
	c, err := a.apiClient()
	if err != nil {
		return nil, err
	}
	session, err := a.tokenSource(ctx)
	if err != nil {
		return nil, err
	}
	c.Token = func(ctx context.Context, rejected string) (string, error) {
		token, err := session.Token(ctx, rejected)
		if err == nil && sandbox.Issued(token) && !isLoopback(c.BaseURL) {
			return "", errForeignToken
		}
		return token, err
	}
	return c, nil
}

// apiClient returns a Config API client without a token.
func (a *App) apiClient() (*segment.Client, error) {
	s, err := a.load()
	if err != nil {
		return nil, err
	}
	return &segment.Client{
		BaseURL:   s.Get(config.APIURL),
		Transport: a.Transport,
		Wrap:      a.trace,
		Timeout:   a.flags.requestTimeout,
		UserAgent: "segctl/" + Version(),
		Note:      func(text string) { a.say("%s", text) },
	}, nil
}

// trace returns a transport that also shows what goes over it, with --verbose.
func (a *App) trace(transport http.RoundTripper) http.RoundTripper {
	if !a.flags.verbose {
		return transport
	}
	return &output.Trace{Next: transport, Out: a.Err, Secrets: a.knownSecrets, Now: a.Now}
}

// knownSecrets returns the secrets of this run that are at hand, for the trace to redact wherever they show.
func (a *App) knownSecrets() []string {
	var known []string
	if a.settings != nil {
		known = append(known, a.settings.Get(config.ClientSecret))
	}
	return append(known, a.env("SEGCTL_TOKEN"))
}

// tokenSource returns where the token of this run comes from, first match: --token-stdin, SEGCTL_TOKEN, the saved
// install. Only the last touches the store.
func (a *App) tokenSource(ctx context.Context) (*install.Session, error) {
	if a.session != nil {
		return a.session, nil
	}
	s, err := a.load()
	if err != nil {
		return nil, err
	}
	given, source, err := a.givenToken(s)
	if err != nil {
		return nil, err
	}
	if given != "" {
		store, err := install.Given(given, source)
		if err != nil {
			return nil, usagef("%w", err)
		}
		a.session = &install.Session{Store: store, Origin: s.Get(config.APIURL), Now: a.Now}
		return a.session, nil
	}
	store, err := a.store()
	if err != nil {
		return nil, err
	}
	name := a.flags.install
	if name == "" {
		if name, err = store.Current(ctx); isNotFound(err) {
			return nil, errSignIn
		} else if err != nil {
			return nil, err
		}
	}
	a.session = a.savedSession(store, name)
	return a.session, nil
}

// savedSession returns the session of a saved install.
func (a *App) savedSession(store install.Store, name string) *install.Session {
	return &install.Session{Store: store, Name: name, Origin: a.settings.Get(config.APIURL), Refresh: a.refresh, Now: a.Now}
}

// givenToken returns a token that needs no store, and where it came from in words.
func (a *App) givenToken(s *config.Settings) (token, source string, err error) {
	if !a.flags.tokenStdin {
		token, source = s.Lookup("SEGCTL_TOKEN")
		return token, source, nil
	}
	text, err := a.readStdin(maxSecret)
	if err != nil {
		return "", "", err
	}
	if token = strings.TrimSpace(string(text)); token == "" {
		return "", "", usagef("--token-stdin: standard input is empty")
	}
	return token, "standard input", nil
}

// refresh gets a new token for an install, and kills the old one with that.
func (a *App) refresh(ctx context.Context, name string) (install.Grant, error) {
	id, secret, err := a.credentials(ctx)
	if err != nil {
		return install.Grant{}, err
	}
	c, err := a.apiClient()
	if err != nil {
		return install.Grant{}, err
	}
	token, err := c.RefreshInstall(ctx, name, id, secret)
	return install.Grant(token), err
}

// currentInstall returns the install whose token this run uses. Known is false for a token that was given: what it
// belongs to is not known.
func (a *App) currentInstall(ctx context.Context) (i install.Install, known bool, err error) {
	session, err := a.tokenSource(ctx)
	if err != nil {
		return install.Install{}, false, err
	}
	i, err = session.Install(ctx)
	return i, session.Refresh != nil, err
}

// store returns where installs are kept.
func (a *App) store() (install.Store, error) {
	if a.Store != nil {
		return a.Store, nil
	}
	s, err := a.load()
	if err != nil {
		return nil, err
	}
	dirs, err := a.dirs()
	if err != nil {
		return nil, err
	}
	vault, err := a.vault()
	if err != nil {
		return nil, err
	}
	return install.Open(dirs.State, s.Profile, vault), nil
}

// vault returns where secrets are kept: what the setting `store` names, and nothing else when that fails.
func (a *App) vault() (install.Vault, error) {
	s, err := a.load()
	if err != nil {
		return nil, err
	}
	if s.Get(config.Store) == "file" {
		dirs, err := a.dirs()
		return install.Files{Dir: dirs.State}, err
	}
	return &install.Keyring{
		Getenv:   a.env,
		Attended: a.canPrompt(),
		Note:     func(text string) { a.say("%s", text) },
	}, nil
}

func isNotFound(err error) bool { return errors.Is(err, install.ErrNotFound) }

func isLoopback(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && segment.IsLoopback(u.Hostname())
}

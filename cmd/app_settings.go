package cmd

import (
	"net/http"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/wire"
)

// Settings returns the settings of this run: flags, environment, --env-file, profile, defaults. A result that could not
// be printed is refused here, before anything is sent for it.
func (a *App) Settings() (*config.Settings, error) { return a.settingsWith(config.Options{}) }

// settingsWith is Settings with options of its own: for the commands that begin a profile, or that take a misplaced
// client secret out of config.yaml.
func (a *App) settingsWith(o config.Options) (*config.Settings, error) {
	if a.settings != nil {
		return a.settings, nil
	}
	s, err := a.loadSettings(o)
	if err != nil {
		return nil, err
	}
	a.settings = s
	return s, printable(a.makePrinter(s).Check())
}

func (a *App) loadSettings(o config.Options) (*config.Settings, error) {
	dirs, err := a.dirs()
	if err != nil {
		return nil, err
	}
	o.Dir, o.Env, o.EnvFile, o.Flags = dirs.Config, a.Env, a.flags.envFile, a.bound
	o.Profile = a.flags.profile
	o.Sandbox = o.Sandbox || a.flags.sandbox
	o.BuiltIn = map[string]map[string]string{config.SandboxProfile: sandboxSettings()}
	return config.Load(o)
}

// sandboxSettings are the built-in settings of the sandbox profile: the demo App, on the default address.
func sandboxSettings() map[string]string {
	return map[string]string{
		config.IDURL:        "http://" + sandboxAddr,
		config.APIURL:       "http://" + sandboxAddr,
		config.ClientID:     sandbox.DemoClientID,
		config.ClientSecret: sandbox.DemoClientSecret,
		config.Scope:        sandboxScope,
	}
}

// SandboxURL returns where a running sandbox is reached: the API of the sandbox profile, unless --profile names another.
func (a *App) SandboxURL() (string, error) {
	s, err := a.loadSettings(config.Options{Sandbox: true})
	if err != nil {
		return "", err
	}
	_, api := s.Server()
	return string(api), nil
}

func (a *App) dirs() (config.Dirs, error) { return config.FindDirs(a.Env) }

// HTTP returns the one way to the network of this process.
func (a *App) HTTP() *wire.Transport {
	a.once.Do(func() { a.transport = wire.NewTransport(a.Transport, a.trace) })
	return a.transport
}

// trace returns a transport that also shows what goes over it, with --verbose.
func (a *App) trace(transport http.RoundTripper) http.RoundTripper {
	if !a.flags.verbose {
		return transport
	}
	return &output.Trace{Next: transport, Out: a.Err, Redactor: &a.redactor, Now: a.Now}
}

// World returns what the accounts of this run share. Only a given token is read for it; the store is not touched.
func (a *App) World() (*account.World, error) {
	if a.world != nil {
		return a.world, nil
	}
	s, err := a.Settings()
	if err != nil {
		return nil, err
	}
	w := &account.World{
		Settings:        s,
		Transport:       a.HTTP(),
		Redactor:        &a.redactor,
		IssuedBySandbox: sandbox.Issued,
		Now:             a.Now,
		Note:            func(text string) { a.Say("%s", text) },
		UserAgent:       userAgent(),
		Timeout:         a.flags.requestTimeout,
	}
	if w.Given, w.GivenFrom, err = a.givenToken(s); err != nil {
		return nil, err
	}
	dirs, err := a.dirs()
	if err != nil {
		return nil, err
	}
	w.Vault, w.Store = a.kept(s, dirs)
	if a.Store != nil {
		w.Store = a.Store
	}
	a.world = w
	return w, nil
}

// givenToken returns a token that needs no store, and where it came from in words.
func (a *App) givenToken(s *config.Settings) (token, source string, err error) {
	if !a.flags.tokenStdin {
		token, source, err = s.Token()
	} else {
		var text []byte
		if text, err = a.readStdin(maxSecret); err == nil {
			token, source = strings.TrimSpace(string(text)), "standard input"
			if token == "" {
				return "", "", problem.Usage("--token-stdin: standard input is empty")
			}
		}
	}
	if err != nil || token == "" {
		return "", "", err
	}
	if err := wire.CheckToken(token); err != nil {
		return "", "", problem.Usage("the token from %s %w", source, err)
	}
	return token, source, nil
}

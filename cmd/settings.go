package cmd

import (
	"context"
	"errors"
	"strings"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/output"
)

// load returns the settings of this run: flags, environment, --env-file, profile, defaults. A result that could not be
// printed is refused here, before anything is sent for it.
func (a *App) load() (*config.Settings, error) { return a.loadSettings(false) }

// loadForRepair is load for the commands that take a misplaced client secret out of config.yaml: it must not stop them.
func (a *App) loadForRepair() (*config.Settings, error) { return a.loadSettings(true) }

func (a *App) loadSettings(repair bool) (*config.Settings, error) {
	if a.settings != nil {
		return a.settings, nil
	}
	dirs, err := a.dirs()
	if err != nil {
		return nil, err
	}
	s, err := config.Load(config.Options{
		Dir:     dirs.Config,
		Env:     a.Env,
		EnvFile: a.flags.envFile,
		Flags:   a.settingFlags(),
		Profile: a.flags.profile,
		Sandbox: a.flags.sandbox,
		BuiltIn: map[string]map[string]string{sandboxProfile: sandboxSettings()},
		Repair:  repair,
	})
	if err != nil {
		return nil, err
	}
	a.settings = s
	return s, a.makePrinter(s).Check()
}

func (a *App) dirs() (config.Dirs, error) { return config.FindDirs(a.Env) }

// settingFlags returns the settings that were given as flags. A flag sets a setting when it is named like one.
func (a *App) settingFlags() map[string]string {
	given := map[string]string{}
	if a.running == nil {
		return given
	}
	for _, key := range config.Keys() {
		if f := a.running.Flags().Lookup(strings.ReplaceAll(key, "_", "-")); f != nil && f.Changed {
			given[key] = f.Value.String()
		}
	}
	return given
}

// secretAccount is the vault account of a profile's client secret.
func secretAccount(profile string) string { return profile + "/" + config.ClientSecret }

// credentials returns the App's client id and client secret. The vault is asked for the secret only when no setting
// has it.
func (a *App) credentials(ctx context.Context) (id, secret string, err error) {
	s, err := a.load()
	if err != nil {
		return "", "", err
	}
	id, secret = s.Get(config.ClientID), s.Get(config.ClientSecret)
	if id != "" && secret == "" {
		vault, err := a.vault()
		if err != nil {
			return "", "", err
		}
		saved, err := vault.Get(ctx, secretAccount(s.Profile))
		if err != nil && !errors.Is(err, install.ErrNotFound) {
			return "", "", err
		}
		secret = string(saved)
	}
	switch {
	case id == "":
		return "", "", &credentialsError{Missing: config.ClientID}
	case secret == "":
		return "", "", &credentialsError{Missing: config.ClientSecret}
	}
	return id, secret, nil
}

// printer returns the printer that -o, --jq, --template and the terminal ask for.
func (a *App) printer() (*output.Printer, error) {
	s, err := a.load()
	if err != nil {
		return nil, err
	}
	return a.makePrinter(s), nil
}

func (a *App) makePrinter(s *config.Settings) *output.Printer {
	format := output.Format(s.Get(config.Output))
	if s.Source(config.Output).Layer != config.InFlag && (a.flags.jq != "" || a.flags.template != "") {
		format = output.FormatAuto
	}
	return &output.Printer{
		Out:      a.Out,
		Format:   format,
		JQ:       a.flags.jq,
		Template: a.flags.template,
		TTY:      isTerminal(a.Out),
		Width:    a.width(),
		Color:    output.UseColor(a.Env, isTerminal(a.Out), a.flags.noColor),
	}
}

// print writes a result on standard output; table is asked for its rows only when they are to be printed.
func (a *App) print(ctx context.Context, value any, table func() output.Table) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	return p.Print(ctx, value, table)
}

package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/setup"
	"github.com/segctl/segctl/internal/wire"
)

func newInit(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Set up your App step by step, with where each value stands",
		Long: `Init asks for the client id, the client secret, the scope, the redirect URL and the store of a profile, says where
each of them stands in Segment's Developer Center, and checks each at once. Nothing is saved before the end; then
it is saved as config set does it. Run it again to change some of it: Enter keeps what is there.

Without a terminal it changes nothing: it says all that is missing, with the commands that set it.`,
		Example: "  segctl init\n  segctl init --profile acme",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := app.setUp(c.Context()); err != nil {
				return err
			}
			return app.sayNext(c.Context())
		},
	}
}

// setUp sets up the profile of this run. The settings are read anew after it.
func (a *App) setUp(ctx context.Context) error {
	s, err := a.settingsWith(config.Options{NewProfile: true, Repair: true})
	if err != nil {
		return err
	}
	p, err := a.newSetup(s)
	if err != nil {
		return err
	}
	if !a.canPrompt() {
		return a.checkSetup(ctx, p)
	}
	if s.Profile == config.SandboxProfile {
		return problem.Usage("the profile sandbox is built in, and needs no setting up").Hint("starts it", "sandbox", "start").
			Hint("sets up a profile of your own", "init", "--profile", "acme")
	}
	for _, key := range []string{config.IDURL, config.APIURL} {
		if from := s.Source(key); from.Layer > config.InFile {
			return problem.Usage("%s is for this run alone (%s), and init sets up what later runs use", key, from).
				Hint("makes it the server of the profile", "config", "set", key, s.Get(key))
		}
	}
	if err := a.askSetup(ctx, p); err != nil {
		return err
	}
	if err := p.Save(ctx); err != nil {
		return err
	}
	a.Say("✓ Saved in profile %s of %s.", s.Profile, s.File)
	for _, step := range setup.Steps() {
		a.noteSource(s, step.Key)
	}
	a.settings, a.world = nil, nil
	return nil
}

// newSetup returns what sets up the profile of the settings.
func (a *App) newSetup(s *config.Settings) (*setup.Setup, error) {
	dirs, err := a.dirs()
	if err != nil {
		return nil, err
	}
	return &setup.Setup{
		Settings: s,
		Open:     func(store string) (install.Vault, install.Store) { return a.keptIn(store, s, dirs) },
		App: authorize.App{
			Transport: a.HTTP(), Timeout: a.flags.requestTimeout, UserAgent: userAgent(), Redactor: &a.redactor,
		},
	}, nil
}

// checkSetup is for where nobody can be asked. All that is missing is one error; what is there is checked.
func (a *App) checkSetup(ctx context.Context, p *setup.Setup) error {
	w, err := a.World()
	if err != nil {
		return err
	}
	if err := w.Lacking(ctx); err != nil {
		return err
	}
	if _, err := p.Check(ctx, config.RedirectURL, p.Value(config.RedirectURL)); err != nil {
		return err
	}
	if _, err := p.Refused(ctx); err != nil {
		return err
	}
	a.Say("✓ Profile %s is set up: nothing is missing, and the server takes it.", p.Settings.Profile)
	return nil
}

// askSetup takes the steps, and those again that the server refuses in the end.
func (a *App) askSetup(ctx context.Context, p *setup.Setup) error {
	steps := setup.Steps()
	a.Say("This sets up profile %s. Nothing is saved before the end; Ctrl-C stops.\n"+
		"Enter keeps what is in [brackets]. No App yet? Try segctl sandbox demo.", p.Settings.Profile)
	for i, step := range steps {
		fmt.Fprintf(a.Err, "\n%s\n", a.bold(fmt.Sprintf("%d of %d: %s", i+1, len(steps), step.Title)))
		if err := a.askStep(ctx, p, step); err != nil {
			return err
		}
	}
	return a.askServer(ctx, p, steps)
}

// askServer has the authorization server say whether it takes what was given, and asks again for what it refuses. What is
// given once more all the same is kept.
func (a *App) askServer(ctx context.Context, p *setup.Setup, steps []setup.Step) error {
	server, _ := p.Settings.Server()
	for {
		a.Say("\nAsking %s whether it takes them together …", server)
		key, err := p.Refused(ctx)
		at := slices.IndexFunc(steps, func(s setup.Step) bool { return s.Key == key })
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			a.Say("✓ The client id, redirect URL and scope are accepted.")
			return nil
		case at < 0:
			a.Say("note: that could not be found out: %s. The install will tell.", a.inWords(err))
			return nil
		}
		a.Say("✗ %s", a.inWords(err))
		refused := p.Value(key)
		if err := a.askStep(ctx, p, steps[at]); err != nil {
			return err
		}
		if p.Value(key) == refused {
			a.Say("note: it is kept as it is. The install will tell.")
			return nil
		}
	}
}

// askStep asks for a setting until what is given can be used. A redirect URL whose port is taken just now is taken when it is
// given once more: it may be the one that is registered.
func (a *App) askStep(ctx context.Context, p *setup.Setup, step setup.Step) error {
	for _, line := range step.Where {
		a.Say("  %s", line)
	}
	refused := ""
	for {
		text, typed, err := a.askValue(ctx, p, step)
		if errors.Is(err, io.EOF) {
			return problem.Usage("the answers ended before all was asked: nothing was saved")
		}
		if err != nil {
			return err
		}
		if text == "" { // the client secret that is there
			return nil
		}
		value, err := p.Check(ctx, step.Key, text)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil, step.Key == config.RedirectURL && text == refused && value != "":
			if typed {
				p.Give(step.Key, value)
			}
			a.Say("  ✓ %s", a.stepDone(step, value))
			return nil
		}
		refused = text
		a.Say("  ✗ %s", a.inWords(err))
	}
}

// askValue returns one answer. Without one, it is what the setting is already; of a client secret, it is "".
func (a *App) askValue(ctx context.Context, p *setup.Setup, step setup.Step) (text string, typed bool, err error) {
	kept, secretStep := p.Value(step.Key), step.Key == config.ClientSecret
	if secretStep {
		kept = p.SecretFrom(ctx)
	}
	prompt := "  " + step.Title
	if kept != "" {
		prompt += " [" + secret.Clean(kept) + "]"
	}
	for {
		if secretStep {
			var hidden []byte
			hidden, err = a.promptSecret(ctx, prompt+": ")
			text = strings.TrimSpace(string(hidden))
			a.redactor.Learn(text)
		} else {
			text, err = a.readLine(ctx, prompt+": ")
		}
		switch {
		case err != nil:
			return "", false, err
		case text != "":
			return text, true, nil
		case kept == "":
			a.Say("  ✗ the %s is empty", step.Title)
		case secretStep:
			return "", false, nil
		default:
			return kept, false, nil
		}
	}
}

// stepDone says what came of a step.
func (a *App) stepDone(step setup.Step, value string) string {
	switch step.Key {
	case config.ClientSecret:
		return secret.Mask(value)
	case config.RedirectURL:
		return value + " (port free)"
	case config.Store:
		return value + " (tried: it keeps secrets)"
	}
	return value
}

// sayNext names the next command, and prints the settings where they are asked for.
func (a *App) sayNext(ctx context.Context) error {
	s, err := a.Settings()
	if err != nil {
		return err
	}
	next := []string{"install"}
	if wire.Scope(s.Get(config.Scope)).Destination() != "" {
		next = append(next, "--enable", "--api-key")
	}
	a.Say("Next: %s", a.hint("on a first workspace", next...))
	var views []settingView
	for _, key := range configKeys() {
		v, err := a.setting(ctx, s, key)
		if err != nil {
			return err
		}
		views = append(views, v)
	}
	return a.PrintIfAsked(ctx, views, func() output.Table { return settingTable(views) })
}

// bold makes words on standard error stand out, where that is wanted.
func (a *App) bold(text string) string { // words of ours: nothing here is cleaned
	if output.UseColor(a.Env, isTerminal(a.Err), a.flags.noColor) {
		return output.Bold.Paint(text)
	}
	return text
}

// inWords returns what an error comes to, without its hints.
func (a *App) inWords(err error) string {
	return a.redactor.Redact(problem.Of(err, a.problemContext()).Message)
}

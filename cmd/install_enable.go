package cmd

import (
	"cmp"
	"context"
	"fmt"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

// prepareEnable returns the change that --enable makes to the destination. What it will need is learned before the owner
// is asked for consent, and asked for on a terminal.
func (p *pendingInstall) prepareEnable(ctx context.Context) (destination.Change, error) {
	slug := p.Scope.Destination()
	change := destination.Change{Enabled: new(true)}
	if slug == "" {
		return change, problem.Usage("--enable needs a destination scope, and this one is %s", p.Scope).
			Hint("then segctl dest enable with the slug", "install", "--scope", string(p.Scope))
	}
	var err error
	if change.Set, err = pairs("--set", "name=value", p.flags.set); err != nil {
		return change, err
	}
	if p.flags.apiKey != "" {
		key, err := p.app.ReadSecret(ctx, p.forWhom("API key", slug), p.flags.apiKey)
		if err != nil {
			return change, err
		}
		change.Key = &key
	}
	dirs, err := p.app.dirs()
	if err != nil {
		return change, err
	}
	needs, err := destination.NeedsOf(ctx, p.world, destination.Cache{Dir: dirs.State}, p.Saved, slug, change)
	if err != nil {
		return change, err
	}
	if !p.app.canPrompt() {
		return change, needs.Err()
	}
	for _, s := range needs.Missing {
		value, err := p.askSetting(ctx, s, slug)
		if err != nil {
			return change, err
		}
		change.Set = append(change.Set, destination.Pair{Name: s.Name, Value: value})
	}
	return change, nil
}

// askSetting asks for the value of a setting, without echo where it is a secret.
func (p *pendingInstall) askSetting(ctx context.Context, s segment.Setting, slug string) (string, error) {
	what := p.forWhom(cmp.Or(s.DisplayName, s.Name), slug)
	if (secret.Setting{Name: s.Name, DisplayName: s.DisplayName, Type: s.Type}).IsSecret() {
		return p.app.ReadSecret(ctx, what, askSecret)
	}
	return p.app.askLine(ctx, what)
}

// forWhom names a setting with its destination and customer, as far as that is known before consent.
func (p *pendingInstall) forWhom(setting, slug string) string {
	customer := "the workspace that its owner will choose"
	if p.flags.label != "" {
		customer = p.flags.label
	}
	return fmt.Sprintf("%s of %s, for %s", setting, slug, customer)
}

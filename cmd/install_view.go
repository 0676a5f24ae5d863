package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/output"
)

// installView is an install as it is printed. Its JSON names are promised; there is no token in it.
type installView struct {
	Name       string    `json:"name"`
	Label      string    `json:"label,omitempty"`
	Current    bool      `json:"current"`
	App        string    `json:"app,omitempty"`
	Scope      string    `json:"scope,omitempty"`
	Workspaces []string  `json:"workspace_names"`
	Sources    []string  `json:"source_names"`
	ClientID   string    `json:"client_id,omitempty"`
	Issuer     string    `json:"issuer,omitempty"`
	Origin     string    `json:"origin,omitempty"`
	Store      string    `json:"store"`
	ObtainedAt time.Time `json:"obtained_at,omitzero"`
	ExpiresAt  time.Time `json:"expires_at,omitzero"`
	Expired    bool      `json:"expired"`
}

func (a *App) installView(card install.Card, store install.Store, current string) installView {
	return installView{
		Name: card.Name, Label: card.Label, Current: card.Name == current, App: card.App, Scope: string(card.Scope),
		Workspaces: orEmpty(card.Workspaces), Sources: orEmpty(card.Sources),
		ClientID: card.ClientID, Issuer: string(card.Issuer), Origin: string(card.Origin), Store: store.String(),
		ObtainedAt: card.ObtainedAt, ExpiresAt: card.ExpiresAt, Expired: !a.Now().Before(card.ExpiresAt),
	}
}

// orEmpty makes a missing list an empty one: scripts can always iterate.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// installRows are the rows of one install.
func (a *App) installRows(v installView) [][]string {
	return [][]string{
		{"install", v.Name},
		{"label", v.Label},
		{"app", v.App},
		{"scope", v.Scope},
		{"workspace", strings.Join(v.Workspaces, ", ")},
		{"source", strings.Join(v.Sources, ", ")},
		{"client id", v.ClientID},
		{"issuer", v.Issuer},
		{"api", v.Origin},
		{"obtained", formatTime(v.ObtainedAt)},
		{"expires", a.expiry(v.ExpiresAt)},
		{"store", v.Store},
	}
}

// printInstall prints one install, without its token.
func (a *App) printInstall(ctx context.Context, w *account.World, card install.Card) error {
	return a.printInstallBy(ctx, w, card, a.Print)
}

// printInstallIfAsked is printInstall for what a change leaves behind.
func (a *App) printInstallIfAsked(ctx context.Context, w *account.World, card install.Card) error {
	return a.printInstallBy(ctx, w, card, a.PrintIfAsked)
}

func (a *App) printInstallBy(ctx context.Context, w *account.World, card install.Card,
	print func(context.Context, any, func() output.Table) error,
) error {
	current, err := currentName(ctx, w.Store)
	if err != nil {
		return err
	}
	v := a.installView(card, w.Store, current)
	return print(ctx, v, func() output.Table { return output.Table{Rows: a.installRows(v)} })
}

// currentName returns the install in use, "" for none.
func currentName(ctx context.Context, store install.Store) (string, error) {
	name, err := store.Current(ctx)
	if errors.Is(err, install.ErrNotFound) {
		return "", nil
	}
	return name, err
}

// sayCurrent tells which install the next commands act on, where that is not the one that was just spoken of.
func (a *App) sayCurrent(ctx context.Context, w *account.World, name string) error {
	switch current, err := currentName(ctx, w.Store); {
	case err != nil:
		return err
	case current == name:
		a.Say("It is the current install: commands without --install act on it.")
	case current != "":
		a.Say("The current install is still %s: commands without --install act on that one.", current)
	}
	return nil
}

// on names an install for a person: its name, with its label and place where they are known.
func on(card install.Card) string {
	about := strings.Join(nonEmpty(card.Label, card.Place()), ", ")
	if about == "" {
		return card.Name
	}
	return fmt.Sprintf("%s (%s)", card.Name, about)
}

func nonEmpty(texts ...string) []string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}

// expiry gives a time absolutely and relative to now: "2026-01-02T15:04:05Z (in 59m)".
func (a *App) expiry(t time.Time) string {
	if t.IsZero() {
		return "no token yet"
	}
	relative := a.fromNow(t)
	if !a.Now().Before(t) {
		relative = "expired " + relative
	}
	return fmt.Sprintf("%s (%s)", formatTime(t), relative)
}

// expiryCell is expiry for a row of a list. On a terminal it is short; a program gets the time.
func (a *App) expiryCell(t time.Time) string {
	if t.IsZero() || !a.printsGrid() {
		return a.expiry(t)
	}
	return a.fromNow(t)
}

// timeCell is a time in the past for a row of a list: on a terminal relative to now.
func (a *App) timeCell(t time.Time) string {
	if t.IsZero() || !a.printsGrid() {
		return formatTime(t)
	}
	return a.fromNow(t)
}

// printsGrid reports whether rows are printed for a person.
func (a *App) printsGrid() bool {
	p, err := a.printer()
	return err == nil && p.Effective() == output.FormatTable
}

// fromNow gives a time relative to now: "in 53m", "2h ago".
func (a *App) fromNow(t time.Time) string {
	if left := t.Sub(a.Now()); left > 0 {
		return "in " + roughly(left)
	}
	return roughly(a.Now().Sub(t)) + " ago"
}

// roughly gives a duration in its largest unit.
func roughly(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// place names what an install may act on, as --install takes it: its sources, else its workspaces.
func (v installView) place() string {
	return install.Card{Sources: v.Sources, Workspaces: v.Workspaces}.Place()
}

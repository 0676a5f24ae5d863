package cmd

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/output"
)

// installView is an install as it is printed. Its JSON names are promised; there is no token in it.
type installView struct {
	Name       string    `json:"name"`
	Current    bool      `json:"current"`
	App        string    `json:"app,omitempty"`
	Scope      string    `json:"scope,omitempty"`
	Workspaces []string  `json:"workspaces"`
	Sources    []string  `json:"sources"`
	ClientID   string    `json:"client_id,omitempty"`
	Origin     string    `json:"origin,omitempty"`
	Store      string    `json:"store"`
	ObtainedAt time.Time `json:"obtained_at,omitzero"`
	ExpiresAt  time.Time `json:"expires_at,omitzero"`
	Expired    bool      `json:"expired"`
}

func (a *App) view(i install.Install, store install.Store, current string) installView {
	return installView{
		Name: i.Name, Current: i.Name == current, App: i.App, Scope: i.Scope,
		Workspaces: orEmpty(i.Workspaces), Sources: orEmpty(i.Sources),
		ClientID: i.ClientID, Origin: i.Origin, Store: store.String(),
		ObtainedAt: i.ObtainedAt, ExpiresAt: i.ExpiresAt, Expired: !a.Now().Before(i.ExpiresAt),
	}
}

// orEmpty makes a missing list an empty one: scripts can always iterate.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// details are the rows of one install.
func (a *App) details(v installView) [][]string {
	return [][]string{
		{"install", v.Name},
		{"app", v.App},
		{"scope", v.Scope},
		{"workspace", strings.Join(v.Workspaces, ", ")},
		{"source", strings.Join(v.Sources, ", ")},
		{"client id", v.ClientID},
		{"api", v.Origin},
		{"obtained", v.ObtainedAt.Format(time.RFC3339)},
		{"expires", a.expiry(v.ExpiresAt)},
		{"store", v.Store},
	}
}

// printInstall prints one install, without its token.
func (a *App) printInstall(ctx context.Context, store install.Store, i install.Install) error {
	current, err := store.Current(ctx)
	if err != nil && !isNotFound(err) {
		return err
	}
	v := a.view(i, store, current)
	return a.print(ctx, v, func() output.Table { return output.Table{Rows: a.details(v)} })
}

// expiry gives a time absolutely and relative to now: "2026-01-02T15:04:05Z (in 59m)".
func (a *App) expiry(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	left := t.Sub(a.Now())
	relative := "in " + roughly(left)
	if left <= 0 {
		relative = "expired " + roughly(-left) + " ago"
	}
	return fmt.Sprintf("%s (%s)", t.UTC().Format(time.RFC3339), relative)
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

// where names what an install may act on: its sources, else its workspaces.
func where(i install.Install) string {
	if len(i.Sources) > 0 {
		return strings.Join(i.Sources, ", ")
	}
	return strings.Join(i.Workspaces, ", ")
}

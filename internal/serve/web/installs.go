package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

// installBody is an install and what it is connected for. Its settings are not told: they are secret, and the backend has
// them.
type installBody struct {
	Install        string             `json:"install"`
	Customer       string             `json:"customer"`
	Label          string             `json:"label,omitempty"`
	Scope          wire.Scope         `json:"scope,omitempty"`
	Workspaces     []string           `json:"workspace_names"`
	Sources        []string           `json:"source_names"`
	Destination    string             `json:"destination,omitempty"`
	Enabled        bool               `json:"enabled"`
	Health         destination.Health `json:"health,omitempty"`
	Detail         string             `json:"detail,omitempty"`
	Lost           bool               `json:"lost"`
	ConnectedAt    time.Time          `json:"connected_at"`
	CheckedAt      time.Time          `json:"checked_at,omitzero"`
	TokenExpiresAt time.Time          `json:"token_expires_at,omitzero"`
}

type installsBody struct {
	Installs []installBody `json:"installs"`
	More     bool          `json:"more"`
	Next     string        `json:"next"` // what to give as after
}

func (s *service) listInstalls(w http.ResponseWriter, r *http.Request) error {
	p, err := paging(r)
	if err != nil {
		return err
	}
	if p.after != "" {
		if p.after, err = wire.ParseInstallName(p.after); err != nil {
			return wrongField("after", "after is not the name of an install")
		}
	}
	connections, err := s.Ledger.Connections(r.Context(), p.after, p.limit+1)
	if err != nil {
		return fmt.Errorf("list installs: %w: %w", errStore, err)
	}
	body := installsBody{Next: p.after}
	if body.More = len(connections) > p.limit; body.More {
		connections = connections[:p.limit]
	}
	if body.Installs, err = s.installBodies(r.Context(), connections); err != nil {
		return err
	}
	if n := len(connections); n > 0 {
		body.Next = connections[n-1].Install
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

func (s *service) getInstall(w http.ResponseWriter, r *http.Request) error {
	name, err := wire.ParseInstallName(r.PathValue("name"))
	if err != nil {
		return err
	}
	if _, err := parameters(r); err != nil {
		return err
	}
	pool, err := s.Store.Pool(r.Context())
	if err != nil {
		return fmt.Errorf("get install: %w: %w", errStore, err)
	}
	c, err := s.Ledger.Connection(r.Context(), pool, name, false)
	if err != nil {
		return missing(err, "install")
	}
	bodies, err := s.installBodies(r.Context(), []ledger.Connection{c})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, bodies[0])
	return nil
}

// installBodies adds what the store knows of installs. One may have been removed from it a moment ago.
func (s *service) installBodies(ctx context.Context, connections []ledger.Connection) ([]installBody, error) {
	names := make([]string, len(connections))
	for i, c := range connections {
		names[i] = c.Install
	}
	cards, err := s.Store.CardsOf(ctx, names)
	if err != nil {
		return nil, fmt.Errorf("read installs: %w: %w", errStore, err)
	}
	known := make(map[string]install.Card, len(cards))
	for _, card := range cards {
		known[card.Name] = card
	}
	bodies := make([]installBody, len(connections))
	for i, c := range connections {
		card := known[c.Install]
		bodies[i] = installBody{
			Install: c.Install, Customer: c.Customer, Label: card.Label, Scope: card.Scope,
			Workspaces: orEmpty(card.Workspaces), Sources: orEmpty(card.Sources), Destination: c.Wanted.Destination,
			Enabled: c.Enabled, Health: c.Health, Detail: c.Detail, Lost: c.Lost,
			ConnectedAt: c.CreatedAt.UTC(), CheckedAt: c.CheckedAt.UTC(), TokenExpiresAt: card.ExpiresAt.UTC(),
		}
	}
	return bodies, nil
}

// orEmpty is a list that is [] in JSON where it is empty.
func orEmpty(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}

// missing says what it is that is not found.
func missing(err error, what string) error {
	if errors.Is(err, ledger.ErrNotFound) {
		e := notFound(what)
		return &e
	}
	return err
}

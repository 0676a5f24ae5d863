package serve

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

// Links makes links where no service runs: they lead to one that has the same public URL.
type Links struct {
	world  *account.World
	ledger *ledger.Ledger
	engine *flow.Engine
}

// NewLinks returns a Links. The errors are those of [flow.New].
func NewLinks(w *account.World, s *postgres.Store, publicURL string, returnURLs []string) (*Links, error) {
	book := ledger.New(s, w.Time)
	engine, err := flow.New(flow.Options{
		World: func() *account.World { return w }, Store: s, Ledger: book, PublicURL: publicURL, ReturnURLs: returnURLs, Now: w.Time,
	})
	return &Links{w, book, engine}, err
}

// Slug returns the destination that a link is for: the one that is asked for, or the one of the App's scope, if it has one.
func (l *Links) Slug(asked string) string {
	return cmp.Or(asked, wire.Scope(l.world.Settings.Get(config.Scope)).Destination())
}

// Settings returns the settings that are given for a link, by their names in the catalog. What it says of them is known from
// completions, or asked with the token of an install that is connected already. The errors are those of
// [destination.NeedsOf] and [destination.Needs.Values].
func (l *Links) Settings(
	ctx context.Context, cache destination.Cache, slug string, c destination.Change, more map[string]json.RawMessage,
) (map[string]json.RawMessage, error) {
	needs, err := destination.NeedsOf(ctx, l.world, cache, l.oneInstall(ctx), l.Slug(slug), c)
	if err != nil {
		return nil, err
	}
	return needs.Values(c, more)
}

// Make makes a link, which brings an install back where one is named. The errors are those of [flow.Engine.NewLink] and
// [flow.Engine.Reconnect].
func (l *Links) Make(ctx context.Context, reconnect string, r flow.LinkRequest) (flow.Created, error) {
	if reconnect == "" {
		return l.engine.NewLink(ctx, r)
	}
	card, err := l.world.Choose(ctx, install.Selector{Install: reconnect})
	if err != nil {
		return flow.Created{}, err
	}
	return l.engine.Reconnect(ctx, card.Name, r)
}

// oneInstall returns an install that is connected already, if there is one: whichever, for the catalog is the same to all.
func (l *Links) oneInstall(ctx context.Context) []install.Card {
	found, err := l.ledger.Connections(ctx, "", 1)
	if err != nil || len(found) == 0 {
		return nil
	}
	card, err := l.world.Store.Card(ctx, found[0].Install)
	if err != nil {
		return nil
	}
	return []install.Card{card}
}

package doctor

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// token tells what the next command would work with. The token is sent to the API as it is and never refreshed: a
// refresh kills the old token, and a diagnosis changes nothing.
func (c *checkup) token(ctx context.Context, store vault, api host) Finding {
	const check = "token"
	if c.world.Given == "" && !store.readable {
		return warned(check, "unknown: the store cannot be read")
	}
	acc, err := c.world.Quiet().Open(ctx, c.Select)
	if err != nil {
		f := explained(check, err)
		if _, ok := errors.AsType[*account.SignInError](err); ok {
			return f.soften() // so it is before the first install
		}
		return f
	}
	kept, err := acc.Kept(ctx)
	if err != nil {
		return explained(check, err)
	}
	renewable := acc.IsSaved() && c.renewable(store)
	about := "from " + acc.From()
	if acc.IsSaved() {
		about = acc.From() + ", " + c.age(kept)
	}
	switch {
	case kept.Token == "" && renewable:
		return passed(check, "%s has no token yet; the next command gets one", acc.From())
	case kept.Token == "":
		return missing(failed(check, "%s has no token yet, and none can be had", acc.From()))
	case !api.answered:
		return warned(check, "%s; not checked: network, see api_url", about)
	case acc.IsSaved() && acc.Scope().Destination() != "" && len(acc.Card().Sources) == 0:
		// There is nothing else that such a token may be tried with, and 401 could then mean anything.
		return warned(check, "%s; not checked: it is not known which source the install is for", about).
			advise("remembers it", "installs", "import", kept.Name, "--source", "NAME")
	}
	return c.verdict(about, acc, kept, renewable, try(ctx, acc))
}

// verdict is the finding about a token, by what the API said to it.
func (c *checkup) verdict(about string, acc *account.Account, kept install.Install, renewable bool, err error) Finding {
	const check = "token"
	due := acc.IsSaved() && kept.Due(c.now())
	refused := segment.HasReason(err, segment.Unauthenticated)
	switch {
	case segment.HasReason(err, segment.PermissionDenied) && acc.IsSaved():
		return warned(check, "%s; taken by the API, but not for %s", about, strings.Join(kept.Sources, ", ")).
			advise("with the source that the install is for", "installs", "import", kept.Name, "--source", "NAME")
	case err == nil && due && renewable:
		return passed(check, "%s; accepted by the API; the next command refreshes it", about)
	case err == nil && due:
		return missing(warned(check, "%s; accepted by the API, but not for long", about))
	case err == nil:
		return passed(check, "%s; accepted by the API", about)
	case refused && renewable:
		return warned(check, "%s; refused by the API; the next command refreshes it", about).
			advise("", "token", "refresh", "--install", kept.Name)
	case refused && acc.IsSaved():
		return missing(failed(check, "%s; refused by the API", about))
	case refused:
		f := explained(check, err)
		f.Message = about + "; refused by the API: " + f.Message
		return f
	}
	if _, ok := errors.AsType[*account.ForeignTokenError](err); ok {
		return explained(check, err)
	}
	return warned(check, "%s; not checked: %v", about, err)
}

// missing adds to a finding how to make refreshing possible.
func missing(f Finding) Finding {
	return f.advise("without it and the client id, no token can be refreshed", "config", "set", config.ClientSecret)
}

// try sends a harmless request: for the one destination that a destination scope covers, else for the workspaces. An
// answer other than 401 shows that the token was taken, whatever it may do; but where the one destination is forbidden, it
// is on another source than the one that is saved.
func try(ctx context.Context, acc *account.Account) error {
	card := acc.Card()
	if slug := acc.Scope().Destination(); slug != "" && len(card.Sources) > 0 {
		name, err := segment.ParseName(card.Sources[0])
		if err != nil {
			return err
		}
		name.Destination = slug
		if _, err = acc.API().Destination(ctx, name); segment.HasReason(err, segment.NotFound) {
			return nil
		}
		return err
	}
	for _, err := range acc.API().Workspaces(ctx) {
		return unlessTaken(err) // the first is enough
	}
	return nil
}

func unlessTaken(err error) error {
	if segment.HasReason(err, segment.PermissionDenied) || segment.HasReason(err, segment.NotFound) {
		return nil
	}
	return err
}

// age says when a token expires, or did.
func (c *checkup) age(kept install.Install) string {
	word := "expires "
	switch {
	case kept.ExpiresAt.IsZero():
		return "expiry unknown"
	case !kept.ExpiresAt.After(c.now()):
		word = "expired "
	}
	return word + kept.ExpiresAt.UTC().Format(time.RFC3339)
}

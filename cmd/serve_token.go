package cmd

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/serve/ledger"
)

func newServeToken(app *App) *cobra.Command {
	return group("token", "Make and remove the tokens of your backend",
		newServeTokenCreate(app), newServeTokenList(app), newServeTokenRemove(app))
}

// tokenName is a token of the service's API, as -o json prints it. The token itself is shown once, when it is made.
type tokenName struct {
	Name      string     `json:"name"`
	Token     string     `json:"token,omitempty"`
	CreatedAt *time.Time `json:"created_at,omitempty"`
	UsedAt    *time.Time `json:"used_at,omitempty"`
}

// known returns a time that may be none.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func tokenNameTable(all []ledger.Token) output.Table {
	t := output.Table{Header: []string{"name", "created", "used"}}
	for _, token := range all {
		t.Rows = append(t.Rows, []string{token.Name, formatTime(token.CreatedAt), formatTime(token.UsedAt)})
	}
	return t
}

// noSuchToken puts into words that there is no token of a name.
func noSuchToken(err error, name string) error {
	if !errors.Is(err, install.ErrNotFound) {
		return err
	}
	return problem.With(problem.ExitSignIn, "there is no token %q", name).Hint("those that there are", "serve", "token", "list")
}

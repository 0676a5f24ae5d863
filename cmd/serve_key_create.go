package cmd

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/private"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/seal"
)

// sealKey is a pair of keys, as -o json prints it: where the secret half is, and the public half.
type sealKey struct {
	Recipient string `json:"recipient"`
	File      string `json:"file"`
}

func newServeKeyCreate(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "create FILE",
		Short: "Make a key that tokens and settings are sealed to",
		Long: `Create makes an age key. The identity, which opens what is sealed, goes into FILE, which only you can read and which
must not be there yet; the recipient, to which values are sealed, is printed. Whoever has the database and not the
identity reads no token and no key of a customer; whoever loses the identity has to get every token anew.
So keep a copy where the database's backups are not.

To replace a key, name both recipients and both identities, run segctl serve rotate, and take the old ones away.`,
		Example: "  segctl serve key create identity.txt\n  segctl serve key create identity.txt -o json --jq .recipient",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			return app.createSealKey(c.Context(), args[0])
		},
	}
}

// createSealKey makes a key, and says what to set next.
func (a *App) createSealKey(ctx context.Context, path string) error {
	if _, err := a.printer(); err != nil { // before there is a file
		return err
	}
	if path == "" {
		return problem.Usage("the name of the file is empty").Hint("", "serve", "key", "create", "identity.txt")
	}
	identity, recipient, err := seal.Generate()
	if err != nil {
		return err
	}
	a.redactor.Learn(identity)
	err = private.CreateFile(path, []byte(identity+"\n"))
	switch {
	case errors.Is(err, fs.ErrExist):
		return problem.Usage("%s is there already, and what it opens would be lost without it", path).
			Hint("another file", "serve", "key", "create", path+".new")
	case err != nil:
		return err
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	made := sealKey{recipient, full}
	if err := a.printWord(ctx, recipient, made, func() output.Table { return sealKeyTable(made) }); err != nil {
		return err
	}
	a.Say("The identity is in %s, which only you can read: keep a copy of it. To use the key, set", path)
	a.Say("  SEGCTL_SEAL_RECIPIENTS=%s", recipient)
	a.Say("  SEGCTL_SEAL_IDENTITIES=%s", full)
	return nil
}

func sealKeyTable(k sealKey) output.Table {
	return output.Table{Header: []string{"recipient", "file"}, Rows: [][]string{{k.Recipient, k.File}}}
}

package cmd

import (
	"context"
	"strconv"
	"strings"

	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
)

// adoptionView is what `installs import --from` came to. Its JSON names are promised.
type adoptionView struct {
	Added     int         `json:"added"`
	Updated   int         `json:"updated"`
	Unchanged int         `json:"unchanged"`
	Bad       int         `json:"bad"`
	Faults    []faultView `json:"faults"` // what is wrong with the bad rows
}

type faultView struct {
	Line    int    `json:"line"`
	Column  string `json:"column,omitempty"`
	Problem string `json:"problem"`
}

// adopt keeps the installs of a table, without a token.
func (a *App) adopt(ctx context.Context, from string, skipBad bool) error {
	w, err := a.World()
	if err != nil {
		return err
	}
	t, faults, err := a.readRows(from)
	if err != nil {
		return err
	}
	done, err := fleet.Adopt(ctx, w, t, faults)
	if err != nil {
		return err
	}
	good := done.Added + done.Updated + done.Unchanged
	switch {
	case len(done.Faults) == 0:
	case !skipBad && good > 0:
		return t.Refuse(done.Faults, "nothing was saved").Hint("saves the others", "installs", "import", "--from", from, "--skip-bad")
	case good == 0:
		return t.Refuse(done.Faults, "nothing was saved")
	}
	if err := done.Save(ctx, w); err != nil {
		return err
	}
	a.Say("✓ Imported %s into %s: %d added, %d updated, %d unchanged. Nothing was sent.",
		fleet.CountInWords(good), w.Store, done.Added, done.Updated, done.Unchanged)
	if other := t.Settings(); len(other) > 0 {
		a.Say("note: not read: %s", strings.Join(other, ", "))
	}
	a.sayShared(done.Added, t)
	v := adoptionView{done.Added, done.Updated, done.Unchanged, len(done.Faults), []faultView{}}
	for _, f := range done.Faults {
		v.Faults = append(v.Faults, faultView(f))
	}
	if err := a.PrintIfAsked(ctx, v, func() output.Table { return adoptionTable(v) }); err != nil {
		return err
	}
	if len(done.Faults) > 0 {
		bad := t.Refuse(done.Faults, "the others were saved")
		bad.Exit = problem.ExitSomeFailed
		return bad.Hint("which columns there are, and what is in them", "installs", "import", "--help")
	}
	return nil
}

// sayShared says what the first token of an install that was added does to other systems, before there is any.
func (a *App) sayShared(added int, t *fleet.Table) {
	if added == 0 {
		return
	}
	a.Say("The first command that needs the token of an install gets a new one. That kills the token that another system may " +
		"hold for the same install: let that system ask segctl for this one's.")
	a.Say("hint: %s", a.hint("gives the token to another system", "token", "print", "--install", t.Rows[0].Install()))
}

func adoptionTable(v adoptionView) output.Table {
	return output.Table{Rows: [][]string{
		{"added", strconv.Itoa(v.Added)},
		{"updated", strconv.Itoa(v.Updated)},
		{"unchanged", strconv.Itoa(v.Unchanged)},
		{"bad", strconv.Itoa(v.Bad)},
	}}
}

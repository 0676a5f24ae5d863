package fleet

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination/desired"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/segment"
)

// Desired is what files want of installs, with what decides which installs those are.
type Desired struct {
	Files  []*desired.File
	Chosen []install.Card // those of the command line; else the one that a command without a choice means
	// Narrow says that no other installs than the chosen ones are meant. Otherwise those are for the entries alone that name
	// no installs.
	Narrow     bool
	Env        func(name string) (string, bool) // looks up the variables that no CSV has
	NoValidate bool                             // leave the judgement of the settings to Segment
	Prune      bool                             // what the files manage no more is to go; see prune
}

// NeedsChoice reports whether entries of files leave open which installs they are for.
func NeedsChoice(files []*desired.File) bool {
	return slices.ContainsFunc(files, func(f *desired.File) bool {
		return slices.ContainsFunc(f.Entries, func(e *desired.Entry) bool { return e.Installs.IsOpen() })
	})
}

// Targets returns a target for each destination that the files want, in the order of the files, and for each that is to go.
// What is wrong is a *problem.Error before anything is sent: installs that are not saved here, a destination that is
// described twice, and all variables that are missing. The other errors are those of the store.
//
// To find what is to go, Segment is asked about up to so many installs at once.
func (d *Desired) Targets(ctx context.Context, w *account.World, concurrency int) ([]Target, error) {
	j := &join{Desired: d, world: w, first: map[string]string{}, chosen: map[string]bool{}}
	for _, card := range d.Chosen {
		j.chosen[card.Name] = true
	}
	if err := j.readCards(ctx); err != nil {
		return nil, err
	}
	for _, f := range d.Files {
		if err := j.file(f); err != nil {
			return nil, err
		}
	}
	if err := j.missing.err(); err != nil {
		return nil, err
	}
	if d.Prune {
		more, err := d.prune(ctx, w, j.targets, concurrency)
		return append(j.targets, more...), err
	}
	if len(j.targets) == 0 {
		return nil, problem.With(problem.ExitSignIn, "the files are for none of the installs that are chosen").
			Hint("those that are saved", "installs", "list")
	}
	return j.targets, nil
}

// join finds the installs of each entry.
type join struct {
	*Desired
	world   *account.World
	here    []install.Card // saved, of the server in use
	index   *install.Index // of all that are saved
	targets []Target
	first   map[string]string // where each destination of each install was described first
	chosen  map[string]bool   // the names of those that are chosen
	missing missing
}

// readCards reads what is saved, where an entry names installs.
func (j *join) readCards(ctx context.Context) error {
	names := slices.ContainsFunc(j.Files, func(f *desired.File) bool {
		return slices.ContainsFunc(f.Entries, func(e *desired.Entry) bool { return !e.Installs.IsOpen() })
	})
	saved := j.Chosen
	if names {
		if j.world.Given != "" {
			return &account.GivenTokenError{From: j.world.GivenFrom, Install: "in the file"}
		}
		var err error
		if saved, err = j.world.Store.Cards(ctx); err != nil {
			return err
		}
	}
	_, api := j.world.Settings.Server()
	j.here = slices.DeleteFunc(slices.Clone(saved), func(c install.Card) bool { return c.CheckServer("", api) != nil })
	j.index = install.NewIndex(saved)
	return nil
}

// file adds the targets of a file.
func (j *join) file(f *desired.File) error {
	values, err := readValues(f, j.index)
	if err != nil {
		return err
	}
	for _, e := range f.Entries {
		cards, err := j.cards(e)
		if err != nil {
			return err
		}
		for _, card := range cards {
			want, missing := e.Wanted(func(name string) string {
				text := values.get(card.Name, name, j.Env)
				if !slices.Contains([]string{"true", "false", "null"}, text) { // they are in every other message
					j.world.Redactor.Learn(text) // whatever the setting is: nobody knows what is in the environment
				}
				return text
			})
			want.Change.NoValidate = j.NoValidate
			j.missing.add(card, values, missing)
			if err := j.add(Target{Card: card, Want: want}); err != nil {
				return err
			}
		}
	}
	return nil
}

// cards returns the installs that an entry is for.
func (j *join) cards(e *desired.Entry) ([]install.Card, error) {
	if e.Installs.IsOpen() {
		return j.Chosen, nil
	}
	s := Selection{All: e.Installs.All, Match: e.Installs.Match, Names: e.Installs.Names}
	var cards []install.Card
	var err error
	if len(s.Names) > 0 {
		s.From = e.Installs.Place
		cards, err = s.named(j.index)
	} else if cards, err = s.Choose(j.here); err != nil {
		err = at(e.Installs.Place, err)
	}
	if err != nil || !j.Narrow {
		return cards, err
	}
	return slices.DeleteFunc(slices.Clone(cards), func(c install.Card) bool { return !j.chosen[c.Name] }), nil
}

// at puts a place in front of the message of an error.
func at(place string, err error) error {
	own, ok := err.(*problem.Error) //nolint:errorlint // it comes from Choose as it is
	if !ok {
		return err
	}
	return &problem.Error{Exit: own.Exit, Err: fmt.Errorf("%s: %w", place, own.Err), Hints: own.Hints}
}

// add adds a target, unless the same destination of the same install is described already.
func (j *join) add(t Target) error {
	key := t.Card.Name + " " + nameOf(t)
	if first, twice := j.first[key]; twice {
		return twiceDescribed(t, first)
	}
	j.first[key] = t.Want.From
	j.targets = append(j.targets, t)
	return nil
}

func twiceDescribed(t Target, first string) error {
	return problem.Usage("%s: this destination of %s is described in %s already", t.Want.From, customer(t.Card), first)
}

// customer calls an install what a person calls it.
func customer(c install.Card) string {
	switch {
	case c.Name == "":
		return "the token's install"
	case c.Label != "":
		return c.Label + " (" + c.Name + ")"
	case c.Place() != "":
		return c.Place() + " (" + c.Name + ")"
	}
	return c.Name
}

// nameOf returns the full name of the destination that a target is about, as far as that is known without asking Segment.
func nameOf(t Target) string {
	slug := t.Want.Destination
	if strings.Contains(slug, "/") {
		return slug
	}
	if slug == "" {
		slug = t.Card.Scope.Destination()
	}
	workspace, source := strings.TrimPrefix(t.Want.Place.Workspace, "workspaces/"), t.Want.Place.Source
	var place segment.Name
	switch {
	case strings.Contains(source, "/"):
		place, _ = segment.ParseName(source)
	case source == "" && len(t.Card.Sources) == 1:
		place, _ = segment.ParseName(t.Card.Sources[0])
	default:
		place = segment.Name{Workspace: workspace, Source: source}
		if workspace == "" && len(t.Card.Workspaces) == 1 {
			own, _ := segment.ParseName(t.Card.Workspaces[0])
			place.Workspace = own.Workspace
		}
	}
	place.Destination = slug
	return place.String()
}

// installs counts them in words.
func installs(n int) string {
	if n == 1 {
		return "1 install"
	}
	return fmt.Sprintf("%d installs", n)
}

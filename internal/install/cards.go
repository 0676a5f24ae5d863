package install

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/private"
)

const cardSuffix = ".json"

// cards are the files of a profile's cards, one for each install, and the file that names the current install.
type cards struct {
	folder  private.Folder
	profile string
}

func cardFile(name string) string { return private.FileName(name) + cardSuffix }

// nameOf returns the name of the install that a file is the card of, and false for a file that is no card.
func nameOf(file string) (string, bool) {
	name, ok := private.TextOf(strings.TrimSuffix(file, cardSuffix))
	return name, ok && strings.HasSuffix(file, cardSuffix) && IsCanonical(name)
}

func (c cards) String() string { return "files in " + c.folder.Path }

// fault says as a *StoreError what went wrong with the card of an install.
func (c cards) fault(op, name string, err error) error {
	return fileError(op, c.profile+"/"+name, c.String(), err)
}

// read returns the card of an install, and its bytes where there are any. The error wraps ErrNotFound where there is no
// card, and is a *StoreError where it cannot be read.
func (c cards) read(name string) (Card, []byte, error) {
	data, err := c.folder.Read(cardFile(name))
	if errors.Is(err, fs.ErrNotExist) {
		return Card{}, nil, fmt.Errorf("install %q: %w", name, ErrNotFound)
	}
	if err != nil {
		return Card{}, nil, c.fault("read", name, err)
	}
	card, err := c.decode(name, data)
	return card, data, err
}

func (c cards) decode(name string, data []byte) (Card, error) {
	card, err := DecodeCard(data, name)
	return card, locate(err, "read", c.profile+"/"+name, c.String(), filepath.Join(c.folder.Path, cardFile(name)))
}

// each calls do with each card, in no order, or with why it cannot be read.
func (c cards) each(do func(name string, card Card, err error) error) error {
	err := c.folder.Each(cardSuffix, func(file string, data []byte, err error) error {
		name, ok := nameOf(file)
		if !ok {
			return nil
		}
		if err != nil {
			return do(name, Card{}, c.fault("read", name, err))
		}
		card, err := c.decode(name, data)
		return do(name, card, err)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fileError("read", "installs", c.String(), err)
}

// names returns the names of all installs that have a card.
func (c cards) names() ([]string, error) {
	files, err := c.folder.Names()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fileError("read", "installs", c.String(), err)
	}
	var names []string
	for _, file := range files {
		if name, ok := nameOf(file); ok {
			names = append(names, name)
		}
	}
	return names, nil
}

// prepare makes sure that a card can be written.
func (c cards) prepare(name string) (Pending, error) {
	p, err := c.folder.Prepare(cardFile(name), MaxRecord)
	if err != nil {
		return nil, c.fault("write", name, err)
	}
	return &pendingCard{c, name, p}, nil
}

type pendingCard struct {
	cards cards
	name  string
	file  *private.Pending
}

func (p *pendingCard) Commit(_ context.Context, data []byte) error {
	return p.cards.fault("write", p.name, p.file.Commit(data))
}

func (p *pendingCard) Abort() { p.file.Abort() }

// create writes the cards that are new, and returns the names of those that are there already.
func (c cards) create(all map[string]Card) (taken []string, err error) {
	files := make(map[string][]byte, len(all))
	for name, card := range all {
		data, err := EncodeCard(card)
		if err != nil {
			return nil, locate(err, "write", c.profile+"/"+name, c.String(), "")
		}
		files[cardFile(name)] = data
	}
	found, err := c.folder.Create(files)
	if err != nil {
		return nil, fileError("write", "installs", c.String(), err)
	}
	for _, file := range found {
		name, _ := nameOf(file)
		taken = append(taken, name)
	}
	return taken, nil
}

// remove removes a card, and the choice of it as the current install.
func (c cards) remove(name string) error {
	if err := c.folder.Remove(cardFile(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return c.fault("delete", name, err)
	}
	return c.choice().Forget(name)
}

// choice is kept beside the cards, which have another suffix.
func (c cards) choice() Choice { return Choice{c.folder} }

// kept answers what a choice asks.
func (c cards) kept() Kept {
	has := func(name string) (bool, error) {
		_, _, err := c.read(name)
		return !errors.Is(err, ErrNotFound), nil // a damaged card is one
	}
	return Kept{Has: has, Names: c.names}
}

// chosen returns the install that was made the current one, "" where there is none: nothing was chosen, or what was
// chosen is gone.
func (c cards) chosen() (string, error) { return c.choice().Chosen(c.kept()) }

// choose makes an install the current one.
func (c cards) choose(name string) error { return c.choice().Make(name) }

// sorted returns cards in the order of their names.
func sorted(all []Card) []Card {
	slices.SortFunc(all, func(a, b Card) int { return strings.Compare(a.Name, b.Name) })
	return all
}

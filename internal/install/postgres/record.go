package postgres

import (
	"errors"
	"fmt"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/seal"
)

// row is an install as it is in the database: as little to be trusted as a file. A row without a card is none.
type row struct {
	card  []byte
	token []byte // the sealed record, nil where there is no token yet
}

// account names an install in words, and in what its record is sealed for.
func (s *Store) account(name string) string { return s.o.Profile + "/" + name }

// corrupt says that what is kept cannot be used.
func (s *Store) corrupt(account string, err error) error {
	return &install.StoreError{Kind: install.Corrupt, Op: "read", Item: account, Store: s.String(), Err: err}
}

// locate adds to a *install.StoreError of the codec where it happened.
func (s *Store) locate(op, name string, err error) error {
	if e, ok := errors.AsType[*install.StoreError](err); ok {
		e.Op, e.Item, e.Store = op, s.account(name), s.String()
	}
	return err
}

// open opens a sealed value. One that was sealed for another place counts as damaged.
func (s *Store) open(account, context string, sealed []byte) ([]byte, error) {
	plain, err := s.o.Keys.Open(context, sealed)
	if err == nil {
		return plain, nil
	}
	if e, ok := errors.AsType[*seal.Error](err); ok && (e.Kind == seal.WrongContext || e.Kind == seal.Damaged) {
		return nil, s.corrupt(account, err)
	}
	return nil, s.noKey("read", account, err)
}

// noKey says that a key is missing, or cannot be read.
func (s *Store) noKey(op, account string, err error) error {
	return &install.StoreError{Kind: install.NoKey, Op: op, Item: account, Store: s.String(), Err: err}
}

// cardOf reads the card of a row.
func (s *Store) cardOf(name string, r row) (install.Card, error) {
	card, err := install.DecodeCard(r.card, name)
	return card, s.locate("read", name, err)
}

// install reads a row: its sealed record, which alone says where the token may go, else its card.
func (s *Store) install(name string, r row) (install.Install, error) {
	switch {
	case r.card == nil:
		return install.Install{}, notFound(name)
	case r.token == nil:
		card, err := s.cardOf(name, r)
		return install.Install{Card: card}, err
	}
	record, err := s.open(s.account(name), s.account(name), r.token)
	if err != nil {
		return install.Install{}, err
	}
	i, err := install.DecodeRecord(record, name)
	return i, s.locate("read", name, err)
}

// found is install for a change: a damaged record or card counts as none, so that it can be replaced or removed.
func (s *Store) found(name string, r row) (*install.Install, error) {
	if r.card == nil {
		return nil, nil
	}
	i, err := s.install(name, r)
	if isCorrupt(err) && r.token != nil {
		i, err = s.install(name, row{card: r.card})
	}
	if isCorrupt(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &i, nil
}

func isCorrupt(err error) bool {
	e, ok := errors.AsType[*install.StoreError](err)
	return ok && e.Kind == install.Corrupt
}

func notFound(name string) error { return fmt.Errorf("install %q: %w", name, install.ErrNotFound) }

// rowOf returns an install as it is kept.
func (s *Store) rowOf(name string, i install.Install) (row, error) {
	var r row
	err := i.CanReplace(name)
	if err != nil {
		return row{}, err
	}
	if r.card, err = install.EncodeCard(i.Card); err != nil {
		return row{}, s.locate("write", name, err)
	}
	if i.Token == "" {
		return r, nil
	}
	record, err := install.EncodeRecord(i)
	if err != nil {
		return row{}, s.locate("write", name, err)
	}
	if r.token, err = s.o.Keys.Seal(s.account(name), record); err != nil {
		return row{}, s.noKey("write", s.account(name), err)
	}
	return r, nil
}

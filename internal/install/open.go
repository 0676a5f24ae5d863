package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// Open returns the Store of a profile: secrets in the vault, by the account "<profile>/<install>"; the index of names and
// the locks in folders under dir. It touches nothing before it is used.
func Open(dir, profile string, v Vault) Store {
	l := locks{filepath.Join(dir, "locks")}
	return &vaultStore{
		profile: profile,
		vault:   v,
		locks:   l,
		index:   index{folder{filepath.Join(dir, "installs"), l}, fileName(profile) + ".json"},
	}
}

type vaultStore struct {
	profile string
	vault   Vault
	locks   locks
	index   index
}

func (s *vaultStore) account(name string) string { return s.profile + "/" + name }
func (s *vaultStore) String() string             { return s.vault.String() }

func (s *vaultStore) Get(ctx context.Context, name string) (Install, error) {
	name, err := ParseName(name)
	if err != nil {
		return Install{}, err
	}
	i, _, err := s.read(ctx, name)
	return i, err
}

// read returns an install, and its bytes where there are any.
func (s *vaultStore) read(ctx context.Context, name string) (Install, []byte, error) {
	data, err := s.vault.Get(ctx, s.account(name))
	if errors.Is(err, ErrNotFound) {
		return Install{}, nil, fmt.Errorf("install %q: %w", name, ErrNotFound)
	}
	if err != nil {
		return Install{}, nil, err
	}
	i, err := decodeRecord(data)
	if err == nil && i.Name != name {
		err = corrupt("it names another install")
	}
	if err != nil {
		return Install{}, data, s.locate(err, "read", name)
	}
	return i, data, nil
}

// locate adds to a *StoreError of the codec where it happened.
func (s *vaultStore) locate(err error, op, name string) error {
	var e *StoreError
	if errors.As(err, &e) {
		e.Op, e.Item, e.Store = op, s.account(name), s.vault.String()
	}
	return err
}

// Update writes a new name to the index before the record, and takes a removed one from it afterwards: whenever it is
// killed, no record is out of reach. At worst a name is left without a record, which List clears away.
func (s *vaultStore) Update(ctx context.Context, name string, change func(*Install) (*Install, error)) error {
	name, err := ParseName(name)
	if err != nil {
		return err
	}
	unlock, err := s.locks.lock(ctx, s.account(name))
	if err != nil {
		return err
	}
	defer unlock()
	var old *Install
	i, data, err := s.read(ctx, name)
	switch {
	case err == nil:
		old = &i
	case errors.Is(err, ErrNotFound), isKind(err, Corrupt):
		// A damaged record counts as none, so that it can be replaced or removed.
	default:
		return err
	}
	listed, err := s.index.read()
	if err != nil {
		return err
	}
	changed, err := change(old)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if changed == nil {
		if data != nil {
			if err := s.vault.Delete(ctx, s.account(name)); err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		return s.index.update(ctx, func(c *contents) { c.remove(name) })
	}
	if changed.Name != name {
		return fmt.Errorf("update install %q: the new record is of %q", name, changed.Name)
	}
	return s.save(ctx, *changed, data, listed)
}

// save writes what differs from what is there.
func (s *vaultStore) save(ctx context.Context, i Install, before []byte, listed contents) error {
	data, err := encodeRecord(i)
	if err != nil {
		return s.locate(err, "write", i.Name)
	}
	if !listed.has(i.Name) {
		if listed.Current != "" {
			s.forget(ctx, listed.Current)
		}
		if err := s.index.update(ctx, func(c *contents) { c.add(i.Name) }); err != nil {
			return err
		}
	}
	if bytes.Equal(data, before) {
		return nil
	}
	return s.vault.Set(ctx, s.account(i.Name), data)
}

func (s *vaultStore) List(ctx context.Context) ([]string, error) {
	listed, err := s.index.read()
	if err != nil {
		return nil, err
	}
	var kept []string
	for _, name := range listed.Names {
		switch _, err := s.vault.Get(ctx, s.account(name)); {
		case errors.Is(err, ErrNotFound):
			s.forget(ctx, name)
		case err != nil:
			return nil, err
		default:
			kept = append(kept, name)
		}
	}
	return kept, nil
}

// forget takes a name from the index that has no record, unless someone is about to write one. Nothing depends on it.
func (s *vaultStore) forget(ctx context.Context, name string) {
	unlock, ok := s.locks.tryLock(s.account(name))
	if !ok {
		return
	}
	defer unlock()
	if _, err := s.vault.Get(ctx, s.account(name)); errors.Is(err, ErrNotFound) {
		_ = s.index.update(ctx, func(c *contents) { c.remove(name) })
	}
}

func (s *vaultStore) Current(context.Context) (string, error) {
	listed, err := s.index.read()
	if err != nil {
		return "", err
	}
	return currentOf(listed.Current, listed.Names)
}

func (s *vaultStore) Use(ctx context.Context, name string) error {
	i, err := s.Get(ctx, name)
	if err != nil {
		return err
	}
	return s.index.update(ctx, func(c *contents) {
		c.add(i.Name)
		c.Current = i.Name
	})
}

func isKind(err error, k Kind) bool {
	var e *StoreError
	return errors.As(err, &e) && e.Kind == k
}

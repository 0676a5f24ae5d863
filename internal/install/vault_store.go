package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/segctl/segctl/internal/private"
	"github.com/segctl/segctl/internal/wire"
)

// Open returns the Store of a profile: records in the vault, by the account "<profile>/<install>"; cards, locks and which
// install is current in folders under dir. It touches nothing before it is used. Whoever has waited for an install for two
// seconds is told through waiting, once, with the id of the process that holds it, 0 if unknown; nil: nobody is told.
func Open(dir, profile string, v Vault, waiting func(install string, holder int)) Store {
	installs := filepath.Join(dir, "installs")
	return &vaultStore{
		profile: profile,
		vault:   v,
		locks:   private.Folder{Path: filepath.Join(dir, "locks")},
		cards:   cards{private.Folder{Path: filepath.Join(installs, private.FileName(profile))}, profile},
		index:   index{private.Folder{Path: installs}, private.FileName(profile) + ".json"},
		waiting: waiting,
	}
}

// theStore is the name of the lock for what happens once, not once for each install.
const theStore = "store"

type vaultStore struct {
	profile string
	vault   Vault
	locks   private.Folder
	cards   cards
	index   index // of earlier versions
	waiting func(install string, holder int)
}

func (s *vaultStore) account(name string) string { return s.profile + "/" + name }
func (s *vaultStore) String() string             { return s.vault.String() }

// lock waits for what has that name in the profile: an install, or the store as a whole.
func (s *vaultStore) lock(ctx context.Context, name string) (unlock func(), err error) {
	var waiting func(int)
	if s.waiting != nil {
		waiting = func(holder int) { s.waiting(name, holder) }
	}
	account := s.account(name)
	unlock, err = s.locks.Lock(ctx, private.FileName(account), waiting)
	return unlock, fileError("lock", account, "files in "+s.locks.Path, err)
}

// kept is an install as it is found.
type kept struct {
	install *Install // nil where there is none that can be read
	record  []byte   // nil where there is none
	card    []byte   // nil where there is none
}

// load reads an install. A damaged record or card counts as none, so that it can be replaced or removed.
func (s *vaultStore) load(ctx context.Context, name string) (kept, error) {
	card, cardData, err := s.cards.read(name)
	if err != nil && !errors.Is(err, ErrNotFound) && !isKind(err, Corrupt) {
		return kept{}, err
	}
	k := kept{card: cardData}
	if err == nil {
		k.install = &Install{Card: card}
	}
	i, data, err := s.record(ctx, name)
	if err != nil && !errors.Is(err, ErrNotFound) && !isKind(err, Corrupt) {
		return kept{}, err
	}
	k.record = data
	if err == nil {
		k.install = &i
	}
	return k, nil
}

// record returns an install from the vault, and its bytes where there are any.
func (s *vaultStore) record(ctx context.Context, name string) (Install, []byte, error) {
	data, err := s.vault.Get(ctx, s.account(name))
	if errors.Is(err, ErrNotFound) {
		return Install{}, nil, fmt.Errorf("install %q: %w", name, ErrNotFound)
	}
	if err != nil {
		return Install{}, nil, err
	}
	i, err := DecodeRecord(data, name)
	return i, data, locate(err, "read", s.account(name), s.vault.String(), "")
}

// locate adds to a *StoreError of the codec where it happened.
func locate(err error, op, item, store, path string) error {
	var e *StoreError
	if errors.As(err, &e) {
		e.Op, e.Item, e.Store, e.Path = op, item, store, path
	}
	return err
}

func (s *vaultStore) Get(ctx context.Context, name string) (Install, error) {
	name, err := wire.ParseInstallName(name)
	if err != nil {
		return Install{}, err
	}
	i, _, err := s.record(ctx, name)
	if errors.Is(err, ErrNotFound) {
		card, err := s.Card(ctx, name)
		return Install{Card: card}, err
	}
	return i, err
}

// Update writes the card of a new install before its record, and removes it after its record: wherever it is killed, no
// record is out of reach, since a keyring cannot list what it keeps.
func (s *vaultStore) Update(ctx context.Context, name string, change func(*Install) (*Install, error)) error {
	name, err := wire.ParseInstallName(name)
	if err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	unlock, err := s.lock(ctx, name)
	if err != nil {
		return err
	}
	defer unlock()
	old, err := s.load(ctx, name)
	if err != nil {
		return err
	}
	card, err := s.cards.prepare(name)
	if err != nil {
		return err
	}
	defer card.Abort()
	secret, err := s.vault.Prepare(ctx, s.account(name), old.record, MaxRecord)
	if err != nil {
		return err
	}
	defer secret.Abort()
	changed, err := change(old.install)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if changed == nil {
		return s.remove(ctx, name, old)
	}
	if err := changed.CanReplace(name); err != nil {
		return err
	}
	return s.save(ctx, *changed, old, card, secret)
}

// save writes what differs from what is there.
func (s *vaultStore) save(ctx context.Context, i Install, old kept, card, secret Pending) error {
	cardData, err := EncodeCard(i.Card)
	if err != nil {
		return locate(err, "write", s.account(i.Name), s.vault.String(), "")
	}
	if old.card == nil {
		if err := card.Commit(ctx, cardData); err != nil {
			return err
		}
	}
	if err := s.saveRecord(ctx, i, old.record, secret); err != nil {
		return err
	}
	if old.card == nil {
		return s.cards.choice().MakeFirst(i.Name, s.cards.kept())
	}
	if bytes.Equal(cardData, old.card) {
		return nil
	}
	return card.Commit(ctx, cardData)
}

func (s *vaultStore) saveRecord(ctx context.Context, i Install, old []byte, secret Pending) error {
	if i.Token == "" {
		return s.removeRecord(ctx, i.Name, old)
	}
	data, err := EncodeRecord(i)
	if err != nil {
		return locate(err, "write", s.account(i.Name), s.vault.String(), "")
	}
	if bytes.Equal(data, old) {
		return nil
	}
	return secret.Commit(ctx, data)
}

func (s *vaultStore) removeRecord(ctx context.Context, name string, old []byte) error {
	if old == nil {
		return nil
	}
	if err := s.vault.Delete(ctx, s.account(name)); !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

func (s *vaultStore) remove(ctx context.Context, name string, old kept) error {
	if err := s.removeRecord(ctx, name, old.record); err != nil {
		return err
	}
	return s.cards.remove(name)
}

// Probe also writes beside the cards, and takes a lock: they may be on another disk than the secrets.
func (s *vaultStore) Probe(ctx context.Context) error {
	const name = "probe"
	unlock, err := s.lock(ctx, theStore)
	if err != nil {
		return err
	}
	defer unlock()
	card, err := s.cards.prepare(name)
	if err != nil {
		return err
	}
	card.Abort()
	return ProbeVault(ctx, s.vault, s.account(name), MaxRecord)
}

// ProbeVault writes a secret of that size, reads it back and deletes it.
func ProbeVault(ctx context.Context, v Vault, account string, size int) error {
	secret := bytes.Repeat([]byte("p"), size)
	if err := v.Set(ctx, account, secret); err != nil {
		return err
	}
	back, err := v.Get(ctx, account)
	if errors.Is(err, ErrNotFound) || err == nil && !bytes.Equal(back, secret) {
		return &StoreError{Kind: NotReadBack, Op: "write", Item: account, Store: v.String()}
	}
	if err != nil {
		return err
	}
	return v.Delete(ctx, account)
}

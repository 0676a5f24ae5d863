package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"
)

// Keyring is the Vault of the system: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows. Its
// items belong to the service "segctl".
type Keyring struct {
	// Getenv reads the environment, where the address of the session bus is. It is used on Linux and BSD only.
	Getenv func(string) string
	// Attended says that a person is there, who may be typing a password to unlock the keyring: it is then waited for two
	// minutes instead of five seconds.
	Attended bool
	// Note is told in words when that wait begins; nil: nobody is told.
	Note func(string)

	system keyringSystem // nil: the real one
}

// keyringSystem is what can go wrong beneath Keyring. None of its calls takes a context, and each may take for ever.
type keyringSystem interface {
	Get(service, account string) (string, error)
	Set(service, account, secret string) error
	Delete(service, account string) error
}

type realKeyring struct{}

func (realKeyring) Get(service, account string) (string, error) { return keyring.Get(service, account) }
func (realKeyring) Set(service, account, secret string) error {
	return keyring.Set(service, account, secret)
}
func (realKeyring) Delete(service, account string) error { return keyring.Delete(service, account) }

const (
	keyringService = "segctl"

	// A keyring that nobody has to unlock answers within milliseconds, or a second where it must be started first.
	patience         = 5 * time.Second
	attendedPatience = 2 * time.Minute
	// noteAfter is when a person is told what is being waited for.
	noteAfter = 2 * time.Second
)

// Get returns a secret, or ErrNotFound.
func (k *Keyring) Get(ctx context.Context, account string) ([]byte, error) {
	secret, err := k.call(ctx, "read", account, func(s keyringSystem) (string, error) {
		return s.Get(keyringService, account)
	})
	if err != nil {
		return nil, err
	}
	return []byte(secret), nil
}

// Set keeps a secret, and reads it back: some keyrings take an item and lose it.
func (k *Keyring) Set(ctx context.Context, account string, secret []byte) error {
	_, err := k.call(ctx, "write", account, func(s keyringSystem) (string, error) {
		return "", s.Set(keyringService, account, string(secret))
	})
	if err != nil {
		return err
	}
	back, err := k.Get(ctx, account)
	if errors.Is(err, ErrNotFound) || (err == nil && !bytes.Equal(back, secret)) {
		return k.fault("write", account, NotReadBack, nil)
	}
	return err
}

// Delete removes a secret, or returns ErrNotFound.
func (k *Keyring) Delete(ctx context.Context, account string) error {
	_, err := k.call(ctx, "delete", account, func(s keyringSystem) (string, error) {
		return "", s.Delete(keyringService, account)
	})
	return err
}

// Prepare writes the old secret again, which changes nothing and shows whether the keyring takes it. Where there is none, a
// secret of that size is written beside it and deleted.
func (k *Keyring) Prepare(ctx context.Context, account string, old []byte, size int) (Pending, error) {
	if old != nil {
		if err := k.Set(ctx, account, old); err != nil {
			return nil, err
		}
	} else if err := ProbeVault(ctx, k, account+"/probe", size); err != nil {
		return nil, err
	}
	return pendingSet{k, account}, nil
}

func (k *Keyring) String() string { return "keyring" }

// call waits for the keyring no longer than it should. A call that is given up goes on in the background: there is no way
// to end it.
func (k *Keyring) call(ctx context.Context, op, account string, do func(keyringSystem) (string, error)) (string, error) {
	system := k.system
	if system == nil {
		if err := reachable(k.Getenv); err != nil {
			return "", k.fault(op, account, Absent, err)
		}
		system = realKeyring{}
	}
	type answer struct {
		secret string
		err    error
	}
	answered := make(chan answer, 1)
	go func() {
		secret, err := do(system)
		answered <- answer{secret, err}
	}()
	wait := patience
	var note <-chan time.Time
	if k.Attended {
		wait, note = attendedPatience, time.After(noteAfter)
	}
	tooLong := time.After(wait)
	for {
		select {
		case a := <-answered:
			return a.secret, k.translate(op, account, a.err)
		case <-note:
			if k.Note != nil {
				k.Note("waiting for the keyring: it may be asking for its password in a window of its own")
			}
		case <-tooLong:
			return "", k.fault(op, account, Slow, fmt.Errorf("waited %v", wait))
		case <-ctx.Done():
			return "", fmt.Errorf("wait for the keyring: %w", ctx.Err())
		}
	}
}

func (k *Keyring) translate(op, account string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return k.fault(op, account, TooLarge, nil)
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return k.fault(op, account, Absent, nil)
	}
	return k.fault(op, account, keyringKind(err), err)
}

func (k *Keyring) fault(op, account string, kind Kind, err error) error {
	return &StoreError{Kind: kind, Op: op, Item: account, Store: k.String(), Err: err}
}

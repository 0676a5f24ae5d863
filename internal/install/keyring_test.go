package install

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"
)

// fakeKeyring is a keyring that goes wrong as it is told.
type fakeKeyring struct {
	mu     sync.Mutex
	items  map[string]string
	err    error         // what every call answers
	full   error         // what Set answers
	forget bool          // takes items and loses them
	alter  bool          // gives back something else
	gate   chan struct{} // answers only when it is closed
}

func (k *fakeKeyring) enter() func() {
	if k.gate != nil {
		<-k.gate
	}
	k.mu.Lock()
	return k.mu.Unlock
}

func (k *fakeKeyring) Get(service, account string) (string, error) {
	defer k.enter()()
	secret, ok := k.items[service+":"+account]
	switch {
	case k.err != nil:
		return "", k.err
	case !ok:
		return "", keyring.ErrNotFound
	case k.alter:
		return secret[:len(secret)-1], nil
	}
	return secret, nil
}

func (k *fakeKeyring) Set(service, account, secret string) error {
	defer k.enter()()
	if k.items == nil {
		k.items = map[string]string{}
	}
	if k.full != nil {
		return k.full
	}
	if !k.forget && k.err == nil {
		k.items[service+":"+account] = secret
	}
	return k.err
}

func (k *fakeKeyring) Delete(service, account string) error {
	defer k.enter()()
	if _, ok := k.items[service+":"+account]; !ok && k.err == nil {
		return keyring.ErrNotFound
	}
	delete(k.items, service+":"+account)
	return k.err
}

func TestKeyringFailures(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, c := range []struct {
		name   string
		system *fakeKeyring
		kind   Kind
	}{
		{"too large", &fakeKeyring{err: keyring.ErrSetDataTooBig}, TooLarge},
		{"no such platform", &fakeKeyring{err: keyring.ErrUnsupportedPlatform}, Absent},
		{"forgets", &fakeKeyring{forget: true}, NotReadBack},
		{"alters", &fakeKeyring{alter: true}, NotReadBack},
		{"something else", &fakeKeyring{err: errors.New("who knows")}, Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := (&Keyring{system: c.system}).Set(ctx, "default/installs/7", []byte("canary"))
			var bad *StoreError
			if !errors.As(err, &bad) || bad.Kind != c.kind || bad.Item != "default/installs/7" {
				t.Fatalf("Set: %v", err)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the secret shows: %v", err)
			}
		})
	}
	k := &Keyring{system: &fakeKeyring{}}
	if _, err := k.Get(ctx, "a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	if err := k.Delete(ctx, "a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Delete: %v", err)
	}
}

// A keyring that can be read and not written, such as one on a full disk, costs nobody a token.
func TestKeyringThatTakesNothing(t *testing.T) {
	t.Parallel()
	system := &fakeKeyring{}
	store, from, c := Open(t.TempDir(), "default", &Keyring{system: system}, nil), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon))
	if err := store.Add(t.Context(), []Card{{Name: "installs/8"}}); err != nil {
		t.Fatal(err)
	}
	system.full = errors.New("no space left on device")
	if _, err := renewer(store, from, c).Renew(t.Context()); !isKind(err, Failed) {
		t.Errorf("Renew: %v", err)
	}
	first := renewer(store, from, c)
	first.Name = "installs/8"
	if token, err := first.Token(t.Context(), ""); !isKind(err, Failed) {
		t.Errorf("the first token of an install: %q, %v", token, err)
	}
	from.want(t, renewer(store, from, c), "", "old", 0)
	system.full, system.forget = nil, true
	if _, err := first.Token(t.Context(), ""); !isKind(err, NotReadBack) || from.issued != 0 {
		t.Errorf("a keyring that forgets: %v after %d refreshes", err, from.issued)
	}
}

func TestKeyringThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		attended bool
		wait     time.Duration
		notes    int
	}{
		{"nobody is there", false, patience, 0},
		{"a person is there", true, attendedPatience, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				gate, notes, start := make(chan struct{}), 0, time.Now()
				k := &Keyring{system: &fakeKeyring{gate: gate}, Attended: c.attended, Note: func(string) { notes++ }}
				_, err := k.Get(t.Context(), "default/installs/7")
				if !isKind(err, Slow) || time.Since(start) != c.wait || notes != c.notes {
					t.Errorf("after %v and %d notes: %v", time.Since(start), notes, err)
				}
				close(gate)
			})
		})
	}
}

func TestKeyringIsUnlockedByAPerson(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		k := &Keyring{system: &fakeKeyring{gate: gate}, Attended: true, Note: func(string) {
			time.AfterFunc(time.Minute, func() { close(gate) })
		}}
		if err := k.Set(t.Context(), "default/installs/7", []byte("token")); err != nil {
			t.Error(err)
		}
		if secret, err := k.Get(t.Context(), "default/installs/7"); err != nil || string(secret) != "token" {
			t.Errorf("Get: %q, %v", secret, err)
		}
	})
}

func TestKeyringWaitIsInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		k := &Keyring{system: &fakeKeyring{gate: gate}, Attended: true}
		if _, err := k.Get(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Get: %v", err)
		}
		close(gate)
	})
}

package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"filippo.io/age"

	"github.com/segctl/segctl/internal/seal"
)

// pair is an identity with its recipient.
type pair struct{ identity, recipient string }

func newPair(t *testing.T) pair {
	t.Helper()
	identity, recipient, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return pair{identity, recipient}
}

func newKeys(t *testing.T, recipients, identities []string) *seal.Keys {
	t.Helper()
	k, err := seal.New(recipients, identities)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func wantKind(t *testing.T, err error, want seal.Kind) {
	t.Helper()
	if e, ok := errors.AsType[*seal.Error](err); !ok || e.Kind != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	a, b, c := newPair(t), newPair(t), newPair(t)
	both := newKeys(t, []string{a.recipient, b.recipient}, []string{"# a comment\n" + a.identity + "\n"})
	const context = "default/installs/7"
	for _, plain := range []string{"", "c4nary", strings.Repeat("c4nary", 100_000)} {
		sealed, err := both.Seal(context, []byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(sealed, []byte("c4nary")) || bytes.Contains(sealed, []byte(context)) {
			t.Error("it can be read as it is")
		}
		for _, identity := range []string{a.identity, b.identity} {
			k := newKeys(t, []string{c.recipient}, []string{c.identity, identity})
			if opened, err := k.Open(context, sealed); err != nil || string(opened) != plain {
				t.Errorf("%d bytes, %v", len(opened), err)
			}
		}
		for _, other := range []string{"", "default/installs/70", "default/installs/", "other/installs/7"} {
			_, err := both.Open(other, sealed)
			wantKind(t, err, seal.WrongContext)
		}
		_, err = newKeys(t, []string{c.recipient}, []string{c.identity}).Open(context, sealed)
		wantKind(t, err, seal.NoMatch)
		_, err = newKeys(t, []string{a.recipient}, nil).Open(context, sealed)
		wantKind(t, err, seal.NoIdentity)
		again, err := both.Seal(context, []byte(plain))
		if err != nil || bytes.Equal(sealed, again) {
			t.Errorf("the same value is sealed twice to the same: %v", err)
		}
	}
}

// Where a context ends is part of the seal: no other pair of context and value looks the same inside.
func TestContextAndValueAreApart(t *testing.T) {
	t.Parallel()
	a := newPair(t)
	k := newKeys(t, []string{a.recipient}, []string{a.identity})
	sealed, err := k.Seal("default/installs/1", []byte("2"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Open("default/installs/12", sealed)
	wantKind(t, err, seal.WrongContext)
}

func TestDamagedSeals(t *testing.T) {
	t.Parallel()
	a := newPair(t)
	k := newKeys(t, []string{a.recipient}, []string{a.identity})
	sealed, err := k.Seal("x", []byte("value"))
	if err != nil {
		t.Fatal(err)
	}
	for n := range sealed {
		changed := bytes.Clone(sealed)
		changed[n] ^= 1
		if opened, err := k.Open("x", changed); err == nil {
			t.Errorf("with byte %d changed it opens: %q", n, opened)
		}
		if opened, err := k.Open("x", sealed[:n]); err == nil {
			t.Errorf("cut at %d it opens: %q", n, opened)
		}
	}
	// Sealed to the right one, by somebody who knows no context.
	recipient, err := age.ParseX25519Recipient(a.recipient)
	if err != nil {
		t.Fatal(err)
	}
	for _, inside := range []string{"", "\x05x", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x"} {
		var b bytes.Buffer
		w, err := age.Encrypt(&b, recipient)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(inside))
		_ = w.Close()
		_, err = k.Open("x", b.Bytes())
		wantKind(t, err, seal.Damaged)
	}
}

func TestBadKeys(t *testing.T) {
	t.Parallel()
	a := newPair(t)
	for _, test := range []struct {
		recipients, identities []string
		want                   seal.Kind
	}{
		{nil, nil, seal.NoRecipient},
		{nil, []string{a.identity}, seal.NoRecipient},
		{[]string{"age1c4nary"}, nil, seal.BadRecipient},
		{[]string{a.identity}, nil, seal.BadRecipient},
		{[]string{a.recipient + "\n" + a.recipient}, nil, seal.BadRecipient},
		{[]string{a.recipient}, []string{a.identity[:40]}, seal.BadIdentity},
		{[]string{a.recipient}, []string{""}, seal.BadIdentity},
	} {
		_, err := seal.New(test.recipients, test.identities)
		wantKind(t, err, test.want)
		if strings.Contains(fmt.Sprint(err), "AGE-SECRET-KEY") {
			t.Errorf("it quotes a secret: %v", err)
		}
	}
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	// Those that are safe from quantum computers are not had together with those that are not.
	_, err = seal.New([]string{a.recipient, hybrid.Recipient().String()}, nil)
	wantKind(t, err, seal.BadRecipient)
	k := newKeys(t, []string{hybrid.Recipient().String()}, []string{hybrid.String()})
	if err := k.Ready(); err != nil {
		t.Error(err)
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	a, b := newPair(t), newPair(t)
	if err := newKeys(t, []string{b.recipient, a.recipient}, []string{a.identity}).Ready(); err != nil {
		t.Error(err)
	}
	mismatched := newKeys(t, []string{b.recipient}, []string{a.identity})
	wantKind(t, mismatched.Ready(), seal.NoMatch)
	wantKind(t, mismatched.CanSeal(), seal.NoMatch)
	blind := newKeys(t, []string{b.recipient}, nil)
	wantKind(t, blind.Ready(), seal.NoIdentity)
	if err := blind.CanSeal(); err != nil {
		t.Error(err)
	}
	var none *seal.Keys
	wantKind(t, none.Ready(), seal.NoRecipient)
	wantKind(t, none.CanSeal(), seal.NoRecipient)
	_, err := none.Seal("x", nil)
	wantKind(t, err, seal.NoRecipient)
	_, err = none.Open("x", nil)
	wantKind(t, err, seal.NoIdentity)
	if none.ID() != "" {
		t.Error("no keys have an ID")
	}
}

func TestIDNamesTheRecipients(t *testing.T) {
	t.Parallel()
	a, b := newPair(t), newPair(t)
	id := newKeys(t, []string{a.recipient, b.recipient}, nil).ID()
	if other := newKeys(t, []string{b.recipient, a.recipient, a.recipient + " "}, []string{a.identity}).ID(); other != id {
		t.Errorf("the same recipients: %s and %s", id, other)
	}
	if other := newKeys(t, []string{a.recipient}, nil).ID(); other == id {
		t.Error("other recipients have the same ID")
	}
}

// Keys that come later are read once, when they are needed first.
func TestLater(t *testing.T) {
	t.Parallel()
	a := newPair(t)
	var reads atomic.Int32
	k := seal.Later(func() (recipients, identities []string, err error) {
		reads.Add(1)
		return []string{a.recipient}, []string{a.identity}, nil
	})
	if reads.Load() != 0 {
		t.Error("they were read before they were needed")
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			sealed, err := k.Seal("x", []byte("value"))
			if err != nil {
				t.Error(err)
			}
			if opened, err := k.Open("x", sealed); err != nil || string(opened) != "value" {
				t.Errorf("%q, %v", opened, err)
			}
		})
	}
	all.Wait()
	if n := reads.Load(); n != 1 {
		t.Errorf("they were read %d times", n)
	}
	failed := errors.New("no such file")
	bad := seal.Later(func() (recipients, identities []string, err error) { return nil, nil, failed })
	if _, err := bad.Seal("x", nil); !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
	if err := bad.Ready(); !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
}

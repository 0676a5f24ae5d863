// Package seal keeps values unreadable for whoever has no key: it encrypts them with age, to several recipients at once,
// and binds each to the place where it is kept. A database that holds sealed values alone gives nothing away, in a dump
// as little as to its administrator.
package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"filippo.io/age"
)

// Keys seal and open values. They are safe for concurrent use. Nil keys are none: nothing can be sealed or opened.
type Keys struct {
	load func() (loaded, error)
}

// loaded are keys that were understood.
type loaded struct {
	recipients []age.Recipient
	identities []age.Identity
	mismatch   error // the identities do not open what is sealed to the recipients
	id         string
}

// New reads age recipients ("age1…") and age identities, which are the texts of identity files. Without a recipient, and
// where one of them cannot be read, the error is an *Error. Without an identity, values can be sealed and not opened.
func New(recipients, identities []string) (*Keys, error) {
	l, err := parse(recipients, identities)
	if err == nil && len(l.recipients) == 0 {
		err = &Error{Kind: NoRecipient}
	}
	if err != nil {
		return nil, err
	}
	return &Keys{func() (loaded, error) { return l, nil }}, nil
}

// Later returns keys that are read when they are needed first: whoever opens and seals nothing needs none. An error of
// read is returned by everything that needs the keys.
func Later(read func() (recipients, identities []string, err error)) *Keys {
	return &Keys{sync.OnceValues(func() (loaded, error) {
		recipients, identities, err := read()
		if err != nil {
			return loaded{}, err
		}
		return parse(recipients, identities)
	})}
}

func (k *Keys) get() (loaded, error) {
	if k == nil {
		return loaded{}, nil
	}
	return k.load()
}

func parse(recipients, identities []string) (loaded, error) {
	var l loaded
	var names []string
	for _, text := range recipients {
		text = strings.TrimSpace(text)
		parsed, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil || len(parsed) != 1 {
			return loaded{}, &Error{Kind: BadRecipient, Err: errors.New(recipientFault(text))}
		}
		if slices.Contains(names, text) {
			continue
		}
		l.recipients, names = append(l.recipients, parsed[0]), append(names, text)
	}
	for _, text := range identities {
		parsed, err := age.ParseIdentities(strings.NewReader(text))
		if err != nil {
			// The error of age may quote the line, which is the secret.
			return loaded{}, &Error{Kind: BadIdentity}
		}
		l.identities = append(l.identities, parsed...)
	}
	if len(l.recipients) == 0 {
		return l, nil
	}
	// Some recipients cannot be had together, and those of another pair than the identities lock everybody out who has only
	// these: better to learn it here than when the only copy of a token is to be kept.
	sealed, err := l.seal("", nil)
	if err != nil {
		return loaded{}, err
	}
	if len(l.identities) > 0 {
		_, l.mismatch = l.open("", sealed)
	}
	slices.Sort(names)
	sum := sha256.Sum256([]byte(strings.Join(names, "\n")))
	l.id = hex.EncodeToString(sum[:8])
	return l, nil
}

// recipientFault says what is wrong with the text of a recipient, and shows it only where it looks like one.
func recipientFault(text string) string {
	if strings.HasPrefix(text, "AGE-SECRET-KEY-") {
		return "it is an identity, which is secret, and not the recipient that belongs to it"
	}
	if strings.HasPrefix(text, "age1") && len(text) < 100 {
		return text + " is no age recipient"
	}
	return "a recipient begins with age1"
}

// Seal encrypts a value to all the recipients. The context, such as "default/installs/7", is inside the seal: a value that
// is moved to another place does not open there.
func (k *Keys) Seal(context string, plain []byte) ([]byte, error) {
	l, err := k.get()
	if err != nil {
		return nil, err
	}
	return l.seal(context, plain)
}

func (l loaded) seal(context string, plain []byte) ([]byte, error) {
	if len(l.recipients) == 0 {
		return nil, &Error{Kind: NoRecipient}
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, l.recipients...)
	if err != nil {
		return nil, &Error{Kind: BadRecipient, Err: err}
	}
	whole := binary.AppendUvarint(nil, uint64(len(context)))
	whole = append(append(whole, context...), plain...)
	if _, err = w.Write(whole); err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, &Error{Kind: BadRecipient, Err: err}
	}
	return sealed.Bytes(), nil
}

// Open returns the value that was sealed in that context. The error is an *Error.
func (k *Keys) Open(context string, sealed []byte) ([]byte, error) {
	l, err := k.get()
	if err != nil {
		return nil, err
	}
	return l.open(context, sealed)
}

func (l loaded) open(context string, sealed []byte) ([]byte, error) {
	if len(l.identities) == 0 {
		return nil, &Error{Kind: NoIdentity}
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), l.identities...)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return nil, &Error{Kind: NoMatch}
	}
	if err != nil {
		return nil, &Error{Kind: Damaged}
	}
	whole, err := io.ReadAll(r)
	if err != nil {
		return nil, &Error{Kind: Damaged}
	}
	size, n := binary.Uvarint(whole)
	if n <= 0 || size > uint64(len(whole)-n) {
		return nil, &Error{Kind: Damaged}
	}
	rest := whole[n:]
	if string(rest[:size]) != context {
		return nil, &Error{Kind: WrongContext}
	}
	return rest[size:], nil
}

// ID names the set of recipients, whatever their order; "" where there are none. It is kept beside what is sealed, so that
// what was sealed to others is found.
func (k *Keys) ID() string {
	l, _ := k.get()
	return l.id
}

// CanSeal returns why nothing should be sealed with these keys, or nil: there is no recipient, or the identities here would
// not open it.
func (k *Keys) CanSeal() error {
	l, err := k.get()
	switch {
	case err != nil:
		return err
	case len(l.recipients) == 0:
		return &Error{Kind: NoRecipient}
	}
	return l.mismatch
}

// Ready returns why these keys cannot both seal and open, or nil.
func (k *Keys) Ready() error {
	if err := k.CanSeal(); err != nil {
		return err
	}
	if l, _ := k.get(); len(l.identities) == 0 {
		return &Error{Kind: NoIdentity}
	}
	return nil
}

// Generate makes a new pair of keys: the identity opens what was sealed to the recipient.
func Generate() (identity, recipient string, err error) {
	pair, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", err
	}
	return pair.String(), pair.Recipient().String(), nil
}

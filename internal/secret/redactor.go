package secret

import (
	"cmp"
	"container/list"
	"net/url"
	"strings"
	"sync"
)

const (
	// minLearned is from how many bytes on a secret is looked for: a shorter one would take harmless text with it.
	minLearned = 4
	// maxForms and maxBytes bound what a Redactor remembers; beyond, what was learned longest ago is forgotten. A token has
	// two to five forms, so these are some 40,000 tokens.
	maxForms = 200_000
	maxBytes = 64 << 20
)

// Redactor hides in texts every secret that it learned, in each form that a secret travels in. A process has one, so that
// what was ever used in it is hidden wherever a server sends it back. The zero value is ready for use, nil redacts
// nothing, and all methods may be called at the same time.
//
// Learning costs the same however many secrets are known, and redacting depends on the length of the text alone: at each
// of its bytes, the next four say which forms can begin there, if any.
type Redactor struct {
	mu     sync.RWMutex
	known  map[string]*list.Element // of learned, by secret
	oldest list.List                // of *learned, the one that was learned longest ago first
	forms  map[string]int           // how many secrets have this form
	begins map[[minLearned]byte]*lengths
	bytes  int // in all forms

	limitForms, limitBytes int // 0: maxForms and maxBytes
}

// learned is one secret.
type learned struct {
	key   string
	forms []string
}

// Learn hides the secrets from now on; those of less than four bytes are left out. Learning one again keeps it from being
// forgotten.
func (r *Redactor) Learn(secrets ...string) {
	if r == nil {
		return
	}
	for _, secret := range secrets {
		r.learn(secret, func() []string { return formsOf(secret) })
	}
}

// LearnBasic hides a password, or the user where there is none, and both as HTTP Basic authentication sends them
// (RFC 7617), also with each half form-encoded (RFC 6749 §2.3.1).
func (r *Redactor) LearnBasic(user, password string) {
	if r == nil || user == "" && password == "" {
		return
	}
	if password == "" {
		r.Learn(user)
	} else {
		r.Learn(password)
	}
	pair := user + ":" + password
	r.learn("\x00basic\x00"+pair, func() []string {
		forms := base64Forms(pair)
		if encoded := url.QueryEscape(user) + ":" + url.QueryEscape(password); encoded != pair {
			forms = append(forms, base64Forms(encoded)...)
		}
		return forms
	})
}

// learn adds the forms of a secret, unless it is known already.
func (r *Redactor) learn(key string, formsOf func() []string) {
	if len(key) < minLearned {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if element, ok := r.known[key]; ok {
		r.oldest.MoveToBack(element)
		return
	}
	if r.known == nil {
		r.known, r.forms, r.begins = map[string]*list.Element{}, map[string]int{}, map[[minLearned]byte]*lengths{}
	}
	secret := &learned{key: key}
	for _, form := range formsOf() {
		if len(form) >= minLearned {
			secret.forms = append(secret.forms, form)
			r.add(form)
		}
	}
	r.known[key] = r.oldest.PushBack(secret)
	limitForms, limitBytes := cmp.Or(r.limitForms, maxForms), cmp.Or(r.limitBytes, maxBytes)
	for r.oldest.Len() > 1 && (len(r.forms) > limitForms || r.bytes > limitBytes) {
		r.forget(r.oldest.Front())
	}
}

func (r *Redactor) add(form string) {
	r.forms[form]++
	if r.forms[form] > 1 {
		return
	}
	r.bytes += len(form)
	begin := [minLearned]byte([]byte(form[:minLearned]))
	if r.begins[begin] == nil {
		r.begins[begin] = &lengths{}
	}
	r.begins[begin].add(len(form))
}

func (r *Redactor) forget(element *list.Element) {
	secret := r.oldest.Remove(element).(*learned)
	delete(r.known, secret.key)
	for _, form := range secret.forms {
		if r.forms[form]--; r.forms[form] > 0 {
			continue
		}
		delete(r.forms, form)
		r.bytes -= len(form)
		begin := [minLearned]byte([]byte(form[:minLearned]))
		if r.begins[begin].remove(len(form)); len(r.begins[begin].all) == 0 {
			delete(r.begins, begin)
		}
	}
}

// Redact returns a text with all that was learned replaced by [Redacted], the longest form that begins at a place first.
// Where two of them overlap, both are replaced as one. It must come before a text is cut or cleaned, for the part of a
// secret that is left then would not be found.
func (r *Redactor) Redact(text string) string {
	if r == nil || len(text) < minLearned {
		return text
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.forms) == 0 {
		return text
	}
	var b strings.Builder
	hidden := 0 // the text before is written or secret
	for i := 0; i+minLearned <= len(text); i++ {
		n := r.longest(text[i:])
		if n == 0 {
			continue
		}
		if i >= hidden {
			b.WriteString(text[hidden:i] + Redacted)
		}
		hidden = max(hidden, i+n)
	}
	if hidden == 0 {
		return text
	}
	return b.String() + text[hidden:]
}

// longest returns the length of the longest form that a text begins with, or 0.
func (r *Redactor) longest(text string) int {
	begin := r.begins[[minLearned]byte([]byte(text[:minLearned]))]
	if begin == nil {
		return 0
	}
	for _, n := range begin.all {
		if n <= len(text) && r.forms[text[:n]] > 0 {
			return n
		}
	}
	return 0
}

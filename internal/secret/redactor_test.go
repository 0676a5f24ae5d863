package secret

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	var r Redactor
	r.Learn("known/secret", "known", "", "a2", "overlap-one", "one-after", "  <&\"é\u2028 ")
	for text, want := range map[string]string{
		"":                                      "",
		"kno":                                   "kno",
		"nothing of it":                         "nothing of it",
		"a2":                                    "a2",
		"known":                                 "[redacted]",
		"x known/secret y knownz":               "x [redacted] y [redacted]z",
		"known%2Fsecret known%2fsecret":         "[redacted] [redacted]",
		`known\/secret`:                         "[redacted]",
		"unknown/secrets":                       "un[redacted]s",
		"knownknown":                            "[redacted][redacted]",
		"an overlap-one-after all":              "an [redacted] all",
		"  <&\"é\u2028 !":                       "[redacted]!",
		`{"a":"  \u003c\u0026\"é\u2028 "}`:      `{"a":"[redacted]"}`,
		`{"a":"  <&\"\u00e9\u2028 "}`:           `{"a":"[redacted]"}`,
		`{"a":"{\"b\":\"  <&\\\"é\\u2028 \"}"}`: `{"a":"{\"b\":\"[redacted]\"}"}`,
	} {
		if got := r.Redact(text); got != want {
			t.Errorf("Redact(%q) = %q, want %q", text, got, want)
		}
	}
}

// One secret may be within another, where it must not end what is hidden of the longer one.
func TestRedactSecretWithinSecret(t *testing.T) {
	t.Parallel()
	var r Redactor
	r.Learn("known/secret", "own/")
	if got := r.Redact("a known/secret or own/ b"); got != "a [redacted] or [redacted] b" {
		t.Errorf("got %q", got)
	}
}

func TestNilAndEmptyRedactor(t *testing.T) {
	t.Parallel()
	var none *Redactor
	none.Learn("secret")
	none.LearnBasic("id", "secret")
	if got := none.Redact("secret"); got != "secret" {
		t.Errorf("nil: %q", got)
	}
	if got := new(Redactor).Redact("secret"); got != "secret" {
		t.Errorf("empty: %q", got)
	}
}

func TestLearnBasic(t *testing.T) {
	t.Parallel()
	pair := func(user, password string) string {
		return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	}
	for _, test := range []struct {
		user, password string
		hidden, shown  []string
	}{
		{"client", "s e/cret", []string{"s e/cret", "s+e%2Fcret", pair("client", "s e/cret"), pair("client", "s+e%2Fcret")}, []string{"client"}},
		{"write-key", "", []string{"write-key", pair("write-key", "")}, nil},
		{"id", "abc", []string{pair("id", "abc")}, []string{"abc"}},
		{"", "", nil, []string{"Og=="}},
	} {
		var r Redactor
		r.LearnBasic(test.user, test.password)
		for _, text := range test.hidden {
			if got := r.Redact("a " + text + " b"); got != "a [redacted] b" {
				t.Errorf("%s:%s leaves %q", test.user, test.password, got)
			}
		}
		for _, text := range test.shown {
			if got := r.Redact("a " + text + " b"); got != "a "+text+" b" {
				t.Errorf("%s:%s hides %q", test.user, test.password, text)
			}
		}
	}
	// The pair is kept apart from a secret of the same text.
	var r Redactor
	r.LearnBasic("user", "password")
	r.Learn("user:password", "basic user:password")
	if got := r.Redact("basic user:password"); got != Redacted {
		t.Errorf("got %q", got)
	}
}

// randomText returns text of letters, digits, and of what the encodings write differently.
func randomText(random *rand.Rand, length int) string {
	const alphabet = "abAB01 \"\\/<>&%+=?~_-.:é€\U0001f600\n\x00"
	letters := []rune(alphabet)
	runes := make([]rune, length)
	for i := range runes {
		runes[i] = letters[random.IntN(len(letters))]
	}
	return string(runes)
}

// Nothing that was learned is left in any encoding, wherever it stands and however many secrets are known.
func TestNothingLearnedSurvives(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test must be the same each time
	var r Redactor
	var secrets []string
	for range 500 {
		secret := randomText(random, 2+random.IntN(30))
		r.Learn(secret)
		if len(secret) >= minLearned {
			secrets = append(secrets, secret)
		}
	}
	asJSON := func(s string) string { data, _ := json.Marshal(s); return string(data[1 : len(data)-1]) }
	asASCII := func(s string) string { return asciiJSON(inJSON(s)) }
	encodings := map[string]func(string) string{
		"plain":         func(s string) string { return s },
		"query":         url.QueryEscape,
		"path":          url.PathEscape,
		"lower query":   func(s string) string { return lowerEscapes(url.QueryEscape(s)) },
		"JSON":          asJSON,
		"JSON, no HTML": inJSON,
		"JSON, ASCII":   asASCII,
		"JSON in JSON":  func(s string) string { return asJSON(asJSON(s)) },
		"base64":        func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"raw base64":    func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
		"base64 URL":    func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
		"raw URL":       func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	}
	for _, secret := range secrets {
		for name, encode := range encodings {
			form := encode(secret)
			text := "é" + form + ".." + form + form + "é"
			if got := r.Redact(text); strings.Contains(got, form) && !strings.Contains(Redacted, form) {
				t.Fatalf("%s of %q is left: %q", name, secret, got)
			}
		}
	}
}

func TestRedactorIsBounded(t *testing.T) {
	t.Parallel()
	r := Redactor{limitForms: 3000, limitBytes: 200_000}
	name := func(i int) string { return fmt.Sprintf("canary-%07d", i) }
	r.LearnBasic("client", "long-lived")
	for i := range 5000 {
		r.Learn(name(i))
		if i%100 == 0 {
			r.LearnBasic("client", "long-lived") // as each request does
		}
	}
	if n := len(r.forms); n > r.limitForms || n < r.limitForms-10 {
		t.Errorf("%d forms", n)
	}
	if got := r.Redact(name(4999) + " " + name(4500) + " " + name(0)); got != "[redacted] [redacted] "+name(0) {
		t.Errorf("got %q", got)
	}
	if got := r.Redact("long-lived"); got != Redacted {
		t.Error("what is used all the time is forgotten")
	}
	total := 0
	for form := range r.forms {
		total += len(form)
	}
	if total != r.bytes {
		t.Errorf("%d bytes are counted as %d", total, r.bytes)
	}
	r.Learn(strings.Repeat("x", r.limitBytes))
	if r.oldest.Len() != 1 || len(r.known) != 1 || r.Redact(name(4999)) == Redacted {
		t.Errorf("%d secrets after one that is too large", r.oldest.Len())
	}
	r.Learn("the next one")
	if r.bytes > 1000 || len(r.begins) > len(r.forms) {
		t.Errorf("%d bytes in %d forms after it is forgotten", r.bytes, len(r.forms))
	}
}

func TestRedactorAtTheSameTime(t *testing.T) {
	t.Parallel()
	var r Redactor
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 200 {
				secret := fmt.Sprintf("canary-%d-%d", worker, i)
				r.Learn(secret)
				r.LearnBasic("client", secret)
				if got := r.Redact(secret); got != Redacted {
					t.Errorf("%s is left as %s", secret, got)
				}
			}
		})
	}
	group.Wait()
}

func FuzzRedact(f *testing.F) {
	f.Add("secret", "a secret and a secret", "sec")
	f.Add("é\"\\/", "é\"\\/é\"\\/", "\\/é\"")
	f.Fuzz(func(t *testing.T, secret, text, other string) {
		var r Redactor
		r.Learn(secret, other)
		got := r.Redact(text + secret + other + text)
		for _, learned := range []string{secret, other} {
			if len(learned) < minLearned || strings.Contains(learned, "[") || strings.Contains(learned, "]") || strings.Contains(Redacted, learned) {
				continue
			}
			if strings.Contains(got, learned) {
				t.Errorf("%q is left in %q", learned, got)
			}
		}
	})
}

// tokens returns secrets that look like install tokens.
func tokens(n int) []string {
	random := rand.New(rand.NewPCG(1, uint64(n))) //nolint:gosec // a benchmark must be the same each time
	all := make([]string, n)
	for i := range all {
		raw := make([]byte, 64)
		for j := range raw {
			raw[j] = byte(random.Uint32())
		}
		text := base64.RawURLEncoding.EncodeToString(raw)
		all[i] = text[:43] + "." + text[43:]
	}
	return all
}

func BenchmarkLearn(b *testing.B) {
	all := tokens(10_000)
	for b.Loop() {
		var r Redactor
		for _, token := range all {
			r.Learn(token)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(all)), "ns/token")
}

func BenchmarkRedact(b *testing.B) {
	text := strings.Repeat(`{"name":"workspaces/acme/sources/js/destinations/clearbrain","enabled":true} `, 200)
	for _, n := range []int{0, 10, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var r Redactor
			all := tokens(n)
			r.Learn(all...)
			if n > 0 {
				text += all[n-1]
			}
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r.Redact(text)
			}
		})
	}
}

package flow

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// TestForeignCallbacks sends back everything but the answer to a flow of this browser. Nothing happens, and the answer is
// taken afterwards all the same.
func TestForeignCallbacks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	own, others := r.consent(made.ID, acmeJS), r.consent(made.ID, globexJS)
	with := func(name, value string) string {
		q, err := url.ParseQuery(own.query)
		if err != nil {
			t.Fatal(err)
		}
		q.Set(name, value)
		return q.Encode()
	}
	cookie := own.cookies[0]
	changed := func(value string) []*http.Cookie {
		c := *cookie
		c.Value = value
		return []*http.Cookie{&c}
	}
	renamed := *others.cookies[0]
	renamed.Name = cookie.Name
	for name, sent := range map[string]tab{
		"no cookie":                  {nil, own.query},
		"another browser's cookie":   others.with(own.query),
		"another cookie of the name": {[]*http.Cookie{&renamed}, own.query},
		"an empty cookie":            {changed(""), own.query},
		"another half":               {changed(made.ID + "." + ledger.NewSecret()), own.query},
		"another state":              own.with(with("state", ledger.NewSecret())),
		"another's state":            own.with(others.query),
		"a shortened state":          own.with(with("state", own.state()[:42])),
		"an empty state":             own.with(with("state", "")),
		"another issuer":             own.with(with("iss", "https://evil.example")),
		"an issuer with a user":      own.with(with("iss", "https://id.segmentapis.com@evil.example")),
		"two states":                 own.with(own.query + "&state=" + own.state()),
		"two codes":                  own.with(own.query + "&code=x"),
		"a code and an error":        own.with(with("error", "access_denied")),
		"no code":                    own.with(with("code", "")),
		"a broken query":             own.with(own.query + "&%zz"),
		"nothing":                    own.with(""),
	} {
		o := r.callback(r.engine, sent)
		if diff := cmp.Diff(Outcome{Status: StatusForeign}, o); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if requests := r.exchanges(); requests != 0 {
		t.Errorf("%d exchanges", requests)
	}
	if r.state(made.ID) != Open || r.events() != nil {
		t.Errorf("the link is %s, events %v", r.state(made.ID), r.events())
	}
	if o := r.callback(r.engine, own); o.Status != StatusConnected {
		t.Errorf("the outcome of the answer is %+v", o)
	}
}

// with is another answer in the same browser.
func (b tab) with(query string) tab { return tab{b.cookies, query} }

func (b tab) state() string {
	q, _ := url.ParseQuery(b.query)
	return q.Get("state")
}

func (b tab) code() string {
	q, _ := url.ParseQuery(b.query)
	return q.Get("code")
}

// exchanges returns how many codes the sandbox was sent.
func (r *rig) exchanges() int {
	n := 0
	for _, e := range r.box.Requests() {
		if strings.Contains(e.Path, "/oauth2/token") {
			n++
		}
	}
	return n
}

func TestReplayed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	tab := r.consent(r.link("acme").ID, acmeJS)
	first := r.callback(r.engine, tab)
	for _, e := range []*Engine{r.engine, r.other} {
		again := r.callback(e, tab)
		first, again := withoutTime(t, first), withoutTime(t, again)
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("sent again (-first +again):\n%s", diff)
		}
	}
	if o := r.callback(r.engine, tab.with(tab.query+"&x=y")); o.Status != StatusConnected {
		t.Errorf("the outcome is %+v", o)
	}
	if o := r.callback(r.engine, tabOf(nil, tab.query)); o.Status != StatusForeign || o.Install != "" || o.LinkID != "" {
		t.Errorf("sent again without the cookie, it is %+v", o)
	}
	if r.exchanges() != 1 || len(r.events()) != 1 || len(r.outbox.connected) != 1 {
		t.Errorf("%d exchanges, events %v, jobs for %v", r.exchanges(), r.events(), r.outbox.connected)
	}
}

func tabOf(cookies []*http.Cookie, query string) tab { return tab{cookies, query} }

// withoutTime takes the time of a result away, and the signature that depends on it.
func withoutTime(t *testing.T, o Outcome) Outcome {
	t.Helper()
	u, err := url.Parse(o.Location)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Del("segctl_timestamp")
	q.Del("segctl_signature")
	o.Location = q.Encode()
	return o
}

// TestConcurrently sends one answer many times at once to two replicas. One of them redeems the code; the others wait, or
// say what came of it.
func TestConcurrently(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	tab := r.consent(r.link("acme").ID, acmeJS)
	var wg sync.WaitGroup
	outcomes := make([]Outcome, 12)
	for i := range outcomes {
		wg.Go(func() {
			e := []*Engine{r.engine, r.other}[i%2]
			o, err := e.Callback(t.Context(), tab.query, tab.cookies)
			if err != nil {
				t.Error(err)
			}
			outcomes[i] = o
		})
	}
	wg.Wait()
	counts := map[Status]int{}
	for _, o := range outcomes {
		counts[o.Status]++
	}
	if counts[StatusConnected] == 0 || counts[StatusConnected]+counts[StatusPending] != len(outcomes) {
		t.Errorf("the outcomes are %v", counts)
	}
	if r.exchanges() != 1 || len(r.events()) != 1 {
		t.Errorf("%d exchanges, events %v", r.exchanges(), r.events())
	}
	if o := r.callback(r.engine, tab); o.Status != StatusConnected {
		t.Errorf("a pending one is then %+v", o)
	}
}

// TestTabsConcurrently sends the answers of several tabs with one link at once: it is used once.
func TestTabsConcurrently(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	tabs := []tab{r.consent(made.ID, acmeJS), r.consent(made.ID, acmeJS), r.consent(made.ID, globexJS), r.consent(made.ID, globexJS)}
	var wg sync.WaitGroup
	outcomes := make([]Outcome, len(tabs))
	for i, b := range tabs {
		wg.Go(func() {
			o, err := []*Engine{r.engine, r.other}[i%2].Callback(t.Context(), b.query, b.cookies)
			if err != nil {
				t.Error(err)
			}
			outcomes[i] = o
		})
	}
	wg.Wait()
	connected := 0
	for i, o := range outcomes {
		if o.Status == StatusPending {
			o = r.callback(r.engine, tabs[i])
		}
		switch o.Status {
		case StatusConnected:
			connected++
		case StatusUsed:
		default:
			t.Errorf("an outcome is %+v", o)
		}
	}
	if connected != 1 || r.exchanges() != 1 {
		t.Errorf("%d are connected, after %d exchanges", connected, r.exchanges())
	}
}

// TestErrorWithoutState: it proves nothing, so the server is asked, and only where the browser is in exactly one flow.
func TestErrorWithoutState(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	one, two := r.consent(made.ID, acmeJS), r.consent(made.ID, acmeJS)
	const refused = "error=invalid_scope&error_description=canary-of-the-query&state="
	if o := r.callback(r.engine, one.with(refused)); o.Status != StatusForeign {
		t.Errorf("where the server has nothing against the flow, the outcome is %+v", o)
	}
	if _, err := r.box.AddFault(sandbox.Fault{Route: "GET /oauth2/auth", Kind: "callback-error", Error: "invalid_scope"}); err != nil {
		t.Fatal(err)
	}
	asked := len(r.box.Requests())
	if o := r.callback(r.engine, tabOf(nil, refused)); o.Status != StatusForeign {
		t.Errorf("without a cookie, the outcome is %+v", o)
	}
	if o := r.callback(r.engine, tabOf(slices.Concat(one.cookies, two.cookies), refused)); o.Status != StatusForeign {
		t.Errorf("with two flows, the outcome is %+v", o)
	}
	if o := r.callback(r.engine, one.with("code=x")); o.Status != StatusForeign {
		t.Errorf("with a code and no state, the outcome is %+v", o)
	}
	if got := len(r.box.Requests()); got != asked {
		t.Errorf("the server was asked %d times", got-asked)
	}
	o := r.callback(r.engine, one.with(refused))
	if o.Status != StatusFailed || o.Detail != detailSetUp || o.LinkID != made.ID {
		t.Errorf("where the server refuses the flow, the outcome is %+v", o)
	}
	if strings.Contains(r.log.String(), "canary-of-the-query") || !strings.Contains(r.log.String(), "invalid_scope") {
		t.Errorf("the log is about the query, or not about the server's answer:\n%s", r.log)
	}
	if o := r.callback(r.engine, one); o.Status != StatusConnected {
		t.Errorf("the outcome of the answer is then %+v", o)
	}
}

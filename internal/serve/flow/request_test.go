package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/wire"
)

func TestLinkRequests(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	set := func(name, value string) map[string]json.RawMessage {
		return map[string]json.RawMessage{name: json.RawMessage(value)}
	}
	many := map[string]json.RawMessage{}
	for i := range maxCount + 1 {
		many[fmt.Sprint("s", i)] = json.RawMessage("1")
	}
	for name, test := range map[string]struct {
		change func(*LinkRequest)
		field  string
	}{
		"no customer":            {func(q *LinkRequest) { q.Customer = "" }, "customer"},
		"control characters":     {func(q *LinkRequest) { q.Customer = "a\x1b[2Jb" }, "customer"},
		"a line break":           {func(q *LinkRequest) { q.Customer = "a\nb" }, "customer"},
		"text turned round":      {func(q *LinkRequest) { q.Customer = "a\u202eb" }, "customer"},
		"no UTF-8":               {func(q *LinkRequest) { q.Customer = "a\xff" }, "customer"},
		"a null byte":            {func(q *LinkRequest) { q.Customer = "a\x00" }, "customer"},
		"spaces around":          {func(q *LinkRequest) { q.Customer = " acme" }, "customer"},
		"a long customer":        {func(q *LinkRequest) { q.Customer = strings.Repeat("ü", 201) }, "customer"},
		"a label with a slash":   {func(q *LinkRequest) { q.Label = "acme/js" }, "label"},
		"another destination":    {func(q *LinkRequest) { q.Destination = "amplitude" }, "destination"},
		"a path":                 {func(q *LinkRequest) { q.Destination = "../clearbrain" }, "destination"},
		"settings not JSON":      {func(q *LinkRequest) { q.Settings = set("apiKey", "canary") }, "settings"},
		"an empty value":         {func(q *LinkRequest) { q.Settings = set("apiKey", "") }, "settings"},
		"two values":             {func(q *LinkRequest) { q.Settings = set("apiKey", `"a" "b"`) }, "settings"},
		"a bad name":             {func(q *LinkRequest) { q.Settings = set("api key", `"canary"`) }, "settings"},
		"large settings":         {func(q *LinkRequest) { q.Settings = set("apiKey", `"`+strings.Repeat("x", maxSettings)+`"`) }, "settings"},
		"many settings":          {func(q *LinkRequest) { q.Settings = many }, "settings"},
		"a return URL of others": {func(q *LinkRequest) { q.ReturnURL = "https://evil.example/settings" }, "return_url"},
		"a short life":           {func(q *LinkRequest) { q.TTL = time.Second }, "ttl"},
		"a life before":          {func(q *LinkRequest) { q.TTL = -time.Hour }, "ttl"},
		"a long life":            {func(q *LinkRequest) { q.TTL = 7*24*time.Hour + 1 }, "ttl"},
	} {
		q := LinkRequest{Customer: "acme"}
		test.change(&q)
		_, err := r.engine.NewLink(t.Context(), q)
		var refused *RequestError
		if !errors.As(err, &refused) || refused.Field != test.field {
			t.Errorf("%s: %v, want that %s is refused", name, err, test.field)
			continue
		}
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the error quotes a value: %v", name, err)
		}
		if p := problem.Of(err, problem.Context{Command: []string{"serve", "link"}}); p.Exit != problem.ExitUsage || p.Message != err.Error() || len(p.Hints) == 0 {
			t.Errorf("%s: it comes to %+v", name, p)
		}
	}
	for name, q := range map[string]LinkRequest{
		"least":     {Customer: "a"},
		"all of it": {Customer: strings.Repeat("ü", 200), Label: "x", Destination: "clearbrain", Settings: set("apiKey", `{"a":[1,null]}`), ReturnURL: returnURL, TTL: 7 * 24 * time.Hour},
	} {
		if _, err := r.engine.NewLink(t.Context(), q); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDestinationOfALink(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		slug  string
		scope wire.Scope
		want  string // "": refused
	}{
		{"", "destination/clearbrain", "clearbrain"},
		{"clearbrain", "destination/clearbrain", "clearbrain"},
		{"amplitude", "destination/clearbrain", ""},
		{"amplitude", wire.ScopeWorkspace, "amplitude"},
		{"", wire.ScopeWorkspace, ""},
		{"a b", wire.ScopeWorkspace, ""},
		{"amplitude", wire.ScopeWorkspaceRead, ""},
		{"", wire.ScopeWorkspaceRead, ""},
	} {
		got, err := slugFor(test.slug, test.scope)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%q with the scope %s: %q, %v, want %q", test.slug, test.scope, got, err, test.want)
		}
	}
}

// TestReturnURLs attacks the list of where a browser may be sent.
func TestReturnURLs(t *testing.T) {
	t.Parallel()
	e, err := New(Options{PublicURL: publicURL, ReturnURLs: []string{
		"https://app.partner.example/settings", "https://app.partner.example/a/b/", "http://localhost:3000", "https://app.partner.example:8443/x",
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, good := range []string{
		"https://app.partner.example/settings", "https://app.partner.example/settings/", "https://app.partner.example/settings/segment?a=b&c",
		"https://APP.partner.example:443/settings", "https://app.partner.example/a/b/", "https://app.partner.example/a/b/c", "http://localhost:3000",
		"http://localhost:3000/any/thing", "https://app.partner.example:8443/x?next=https://evil.example/", "https://app.partner.example/settings/%C3%BC",
	} {
		if _, err := e.returnPlace(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "/settings", "//app.partner.example/settings", "https:app.partner.example/settings", "https:///settings", "javascript:alert(1)//https://app.partner.example/settings",
		"http://app.partner.example/settings", "HTTPS://evil.example/settings", "https://app.partner.example", "https://app.partner.example/",
		"https://app.partner.example/settingsx", "https://app.partner.example/settings.evil", "https://app.partner.example/setting",
		"https://app.partner.example@evil.example/settings", "https://app.partner.example:x@evil.example/settings", "https://user@app.partner.example/settings",
		"https://user:canary@app.partner.example/settings", "https://@app.partner.example/settings", "https://app.partner.example:8444/settings", "https://app.partner.example:80/settings",
		"https://app.partner.example:8443/settings", "https://app.partner.example.evil.example/settings", "https://evil.example#https://app.partner.example/settings",
		"https://evil.example?https://app.partner.example/settings", "https://evil.example\\@app.partner.example/settings", "https://app.partner.example\\.evil.example/settings",
		"https://app.partner.example/settings/../admin", "https://app.partner.example/settings/..", "https://app.partner.example/settings/.", "https://app.partner.example/settings/./x",
		"https://app.partner.example/settings/%2e%2e/admin", "https://app.partner.example/settings/%2E%2E%2Fadmin", "https://app.partner.example/settings/..%2fadmin",
		"https://app.partner.example/settings/%252e%252e/admin", "https://app.partner.example/settings/%5c..%5cadmin", "https://app.partner.example/settings//evil.example",
		"https://app.partner.example//settings", "https://app.partner.example/x/../settings", "https://app.partner.example/settings/..;/admin", "https://app.partner.example/%73ettings",
		"https://app.partner.example/settings#fragment", "https://app.partner.example/settings#", "https://app.partner.example/settings\r\nSet-Cookie: x=y",
		"https://app.partner.example/settings\t", " https://app.partner.example/settings", "https://app.partner.example/settings?a=%zz", "https://app.partner.example/settings?a;b",
		"https://app.partner.example/a/b", "https://app.partner.example/a/bc", "http://localhost:3001/", "http://localhost.evil.example:3000/", "http://127.0.0.1:3000/",
		"https://xn--app.partner.example/settings", "https://аpp.partner.example/settings", "https://app.partner.example/settings?" + strings.Repeat("x", 2000),
	} {
		if p, err := e.returnPlace(bad); err == nil {
			t.Errorf("%s is allowed, as %s%s", bad, p.origin, p.path)
		} else if strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the error quotes it: %v", bad, err)
		}
	}
	if none, _ := New(Options{PublicURL: publicURL}); none != nil {
		if _, err := none.returnPlace("https://app.partner.example/settings"); err == nil {
			t.Error("without a list, a return URL is allowed")
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, public := range []string{"", "connect.partner.example", "http://connect.partner.example", "https://connect.partner.example/path", "https://u:p@connect.partner.example"} {
		var bad *wire.OriginError
		if _, err := New(Options{PublicURL: public}); !errors.As(err, &bad) {
			t.Errorf("public URL %q: %v", public, err)
		}
	}
	for _, allowed := range []string{"", "https://", "https://app.partner.example/a/../b", "http://app.partner.example/"} {
		var bad *RequestError
		if _, err := New(Options{PublicURL: publicURL, ReturnURLs: []string{allowed}}); !errors.As(err, &bad) || bad.Field != "return_urls" {
			t.Errorf("return URL %q: %v", allowed, err)
		}
	}
	for _, public := range []string{"https://connect.partner.example", "https://connect.partner.example/", "http://localhost:8080"} {
		if _, err := New(Options{PublicURL: public}); err != nil {
			t.Errorf("public URL %q: %v", public, err)
		}
	}
}

package flow

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

const (
	maxCustomer = 200      // characters
	maxSettings = 32 << 10 // bytes, all of them together
	maxCount    = 200      // settings

	defaultTTL = 24 * time.Hour
	minTTL     = time.Minute
	maxTTL     = 7 * 24 * time.Hour
)

// link returns the link that a request asks for, without its hash and times. The error is a *RequestError.
func (e *Engine) link(r LinkRequest, scope wire.Scope) (ledger.Link, error) {
	if err := checkCustomer(r.Customer); err != nil {
		return ledger.Link{}, err
	}
	if fault := account.LabelProblem(r.Label); fault != "" {
		return ledger.Link{}, &RequestError{"label", fault}
	}
	slug, err := slugFor(r.Destination, scope)
	if err != nil {
		return ledger.Link{}, err
	}
	if err := checkSettings(r.Settings); err != nil {
		return ledger.Link{}, err
	}
	if r.ReturnURL != "" {
		if _, err := e.returnPlace(r.ReturnURL); err != nil {
			return ledger.Link{}, &RequestError{"return_url", err.Error()}
		}
	}
	if r.TTL != 0 && (r.TTL < minTTL || r.TTL > maxTTL) {
		return ledger.Link{}, &RequestError{"ttl", "is not between one minute and 7 days"}
	}
	return ledger.Link{
		Customer: r.Customer, Label: r.Label, ReturnURL: r.ReturnURL, Wanted: ledger.Wanted{Destination: slug, Settings: r.Settings},
	}, nil
}

// checkCustomer takes a short line of text. It is shown on pages and in logs, and compared byte by byte.
func checkCustomer(customer string) error {
	fail := func(problem string) error { return &RequestError{"customer", problem} }
	switch {
	case customer == "":
		return fail("is missing")
	case utf8.RuneCountInString(customer) > maxCustomer:
		return fail(fmt.Sprintf("is longer than %d characters", maxCustomer))
	case secret.Clean(customer) != customer:
		return fail("has control characters, or others that cannot be seen")
	case strings.TrimSpace(customer) != customer:
		return fail("has spaces around it")
	}
	return nil
}

// slugFor returns the destination that a link is for: the one of the scope, or any where the scope is for a workspace.
func slugFor(slug string, scope wire.Scope) (string, error) {
	own := scope.Destination()
	switch {
	case slug == "" && own == "":
		return "", &RequestError{"destination", fmt.Sprintf("is missing: the scope %s names none", scope)}
	case slug == "" || slug == own:
		return own, nil
	case own != "":
		return "", &RequestError{"destination", "is not the one of the scope " + string(scope)}
	case scope == wire.ScopeWorkspaceRead:
		return "", &RequestError{"destination", "cannot be changed with the scope " + string(scope)}
	case wire.CheckID(slug) != nil:
		return "", &RequestError{"destination", "is not the slug of one"}
	}
	return slug, nil
}

// checkSettings takes JSON values by the names of settings. What the catalog says of them is known only with a token.
func checkSettings(settings map[string]json.RawMessage) error {
	fail := func(problem string) error { return &RequestError{"settings", problem} }
	if len(settings) > maxCount {
		return fail(fmt.Sprintf("are more than %d", maxCount))
	}
	size := 0
	for name, value := range settings {
		if wire.CheckID(name) != nil {
			return fail("have a name that no setting has")
		}
		if size += len(name) + len(value); size > maxSettings {
			return fail(fmt.Sprintf("are larger than %d bytes", maxSettings))
		}
		if !json.Valid(value) || !utf8.Valid(value) {
			return fail("have a value that is not JSON: " + name)
		}
	}
	return nil
}

// learnSettings keeps the secrets among settings out of everything that is said, by the names and forms that secrets have.
func learnSettings(w *account.World, settings map[string]json.RawMessage) {
	for name, value := range settings {
		w.Redactor.Learn(secret.Setting{Name: name}.Texts(value)...)
	}
}

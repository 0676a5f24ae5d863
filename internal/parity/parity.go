// Package parity brings an account and the sandbox's comparison together: which places of the account are compared, and
// how its server is asked.
//
// It knows neither what the cases are nor how a report is shown.
package parity

import (
	"context"
	"net/url"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/sandbox/compare"
	"github.com/segctl/segctl/internal/sandbox/conformance"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// maxErrorText bounds what a report shows of the text of an error.
const maxErrorText = 200

// Wanted is what is to be compared.
type Wanted struct {
	Place   account.Place
	WriteTo string     // destination that may be created, changed and deleted; "" is none
	Scope   wire.Scope // of a token that was given; "" is the setting, and that of a saved install is known
}

// Options returns the comparison that is wanted of an account. The errors are *wire.ScopeError and those of
// [account.Account.Destination] and [account.Account.Source].
func Options(ctx context.Context, acc *account.Account, wanted Wanted, redactor *secret.Redactor) (compare.Options, error) {
	scope := acc.Scope()
	if wanted.Scope != "" && !acc.IsSaved() {
		scope = wanted.Scope
	}
	if _, err := wire.ParseScope(string(scope)); err != nil {
		return compare.Options{}, err
	}
	var name segment.Name
	var err error
	if wanted.WriteTo != "" {
		name, err = acc.Destination(ctx, wanted.WriteTo, wanted.Place)
	} else {
		name, err = acc.Source(ctx, wanted.Place)
	}
	if err != nil {
		return compare.Options{}, err
	}
	return compare.Options{
		Server:    ask(acc),
		Scope:     string(scope),
		Workspace: segment.Name{Workspace: name.Workspace}.String(),
		Source:    segment.Name{Workspace: name.Workspace, Source: name.Source}.String(),
		Slug:      name.Destination,
		Write:     wanted.WriteTo != "",
		Redact:    func(text string) string { return secret.Brief(redactor.Redact(text), maxErrorText) },
	}, nil
}

// ask sends cases with an account. The first request shows that the token works; from then on a refusal is an answer
// like any other, and no token is renewed for it.
func ask(acc *account.Account) conformance.Ask {
	works := false
	return func(ctx context.Context, r conformance.Request) (conformance.Answer, error) {
		path, query, _ := strings.Cut(r.Path, "?")
		values, err := url.ParseQuery(query)
		if err != nil {
			return conformance.Answer{}, err
		}
		if works {
			ctx = segment.KeepToken(ctx)
		}
		resp, err := acc.API().Do(ctx, &segment.Request{Method: r.Method, Path: path, Query: values, Body: r.Body})
		if resp == nil || !works && segment.HasReason(err, segment.Unauthenticated) {
			return conformance.Answer{}, err
		}
		works = true
		return conformance.Answer{Status: resp.StatusCode, Header: resp.Header, Body: resp.Body}, nil
	}
}

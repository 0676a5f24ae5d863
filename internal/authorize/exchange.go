package authorize

import (
	"context"
	"errors"
	"net/http"

	"golang.org/x/oauth2"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

// Exchange redeems the code, in one attempt: a code works once, so a second could only hide the first one's answer. A
// scope that the answer leaves out is the App's, which was asked for (RFC 6749 §5.1).
//
// The error is an *Error where the server refused, or where its answer cannot be used: then it wraps a *wire.GrantError.
// It is a *NetworkError where there was no whole answer.
func (a *App) Exchange(ctx context.Context, r Request, code string) (wire.Grant, error) {
	ctx, cancel := context.WithTimeout(ctx, a.timeout())
	defer cancel()
	config, err := a.config()
	if err != nil {
		return wire.Grant{}, err
	}
	known := a.learn(r, code)
	sender := a.newSender()
	_, err = config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, sender.client()), code, oauth2.VerifierOption(r.Verifier))
	if sender.status == 0 {
		return wire.Grant{}, newNetworkError(StageExchange, config.Endpoint.TokenURL, err, known)
	}
	// x/oauth2 drops a whole token for one odd field, and the install with it: the answer is read here instead.
	grant, err := readGrant(sender.status, sender.body, known)
	if err != nil {
		return wire.Grant{}, err
	}
	if grant.Scope == "" {
		grant.Scope = a.Scope
	}
	known.Learn(grant.AccessToken)
	return grant, nil
}

// readGrant reads a token endpoint's answer (RFC 6749 §5).
func readGrant(status int, body []byte, known *secret.Redactor) (wire.Grant, error) {
	refused := refusalIn(body)
	switch {
	case len(body) > maxAnswer:
		return wire.Grant{}, refusal{description: "the answer is too large"}.toError(StageExchange, status, known)
	case status >= http.StatusMultipleChoices && status < http.StatusBadRequest:
		return wire.Grant{}, refusal{description: "the answer is a redirect, which is not followed"}.toError(StageExchange, status, known)
	case status < http.StatusOK || status >= http.StatusMultipleChoices || refused.code != "":
		return wire.Grant{}, refused.toError(StageExchange, status, known)
	}
	grant, err := wire.DecodeGrant(body)
	if err == nil && grant.InstallName == "" {
		err = &wire.GrantError{Field: installName, Problem: "is missing"}
	}
	if err != nil {
		return wire.Grant{}, unusable(status, err)
	}
	return grant, nil
}

// installName is the field of the answer by which an install is kept and renewed.
const installName = "install_name"

// unusable is the refusal of an answer that is a successful one by its status. What is wrong with it is said in words of
// ours, which quote nothing of it.
func unusable(status int, err error) *Error {
	e := &Error{Stage: StageExchange, Reason: BadAnswer, StatusCode: status, Description: err.Error(), Err: err}
	var grant *wire.GrantError
	if errors.As(err, &grant) && grant.Field == installName {
		e.Reason = NoInstall
	}
	return e
}

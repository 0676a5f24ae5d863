package authorize

import (
	"context"
	"net/http"
	"net/url"

	"github.com/segctl/segctl/internal/secret"
)

// Ask requests the authorization URL itself, over a connection of its own and without following redirects, and returns
// what the server refuses at once: a wrong client, redirect URL or scope. It returns nil where the server has nothing
// against the request, and sends the owner on to a login or consent page.
//
// The error is an *Error or a *NetworkError. An *Error without a Code comes from an answer that is not in the server's
// known form, such as the page of a firewall: it may concern this request alone and not the browser's.
func (a *App) Ask(ctx context.Context, r Request) error {
	ctx, cancel := context.WithTimeout(ctx, a.timeout())
	defer cancel()
	config, err := a.config()
	if err != nil {
		return err
	}
	known := a.learn(r)
	sender := a.newSender()
	if err := sender.get(ctx, r.URL); sender.status == 0 {
		return newNetworkError(StageAuthorize, config.Endpoint.AuthURL, err, known)
	}
	return refusedAtOnce(sender, known)
}

// refusedAtOnce reads the refusal in an answer of the authorization endpoint. A redirect has it in its query, whether it
// leads to the redirect URL or to a page about errors; any other answer has it in its body.
func refusedAtOnce(answer *oneAnswer, known *secret.Redactor) error {
	switch {
	case answer.status >= http.StatusBadRequest:
		return refusalIn(answer.body).toError(StageAuthorize, answer.status, known)
	case answer.status >= http.StatusMultipleChoices:
		u, err := url.Parse(answer.header.Get("Location"))
		if err == nil && refusalOf(u.Query()).code != "" {
			return refusalOf(u.Query()).toError(StageAuthorize, 0, known)
		}
	}
	return nil
}

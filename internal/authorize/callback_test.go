package authorize

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

const theState = "kX1pQ0o8hT3mB7vYcE5nWzR2sLdJ9uFgAiHaKqPxVtM"

func TestCallback(t *testing.T) {
	t.Parallel()
	known := new(secret.Redactor)
	a := &App{ID: wire.SegmentID, Redactor: known}
	r := Request{State: theState}
	for _, iss := range []string{"", "&iss=https%3A%2F%2Fid.segmentapis.com", "&iss=https%3A%2F%2Fid.segmentapis.com%2F"} {
		answer, err := a.Callback(r, "code="+theCode+"&scope=destination%2Fclearbrain&state="+theState+iss)
		if err != nil || answer.Code != theCode {
			t.Errorf("%q: got %+v, %v", iss, answer, err)
		}
	}
	if text := known.Redact("code " + theCode); strings.Contains(text, theCode) {
		t.Errorf("the redactor leaves %q", text)
	}
}

func TestStrayCallbacks(t *testing.T) {
	t.Parallel()
	a := &App{ID: wire.SegmentID}
	const good = "code=" + theCode + "&state=" + theState
	for query, want := range map[string]Stray{
		"code=canary&state=wrong":                      StrayState,
		"code=canary&state=" + theState[:42]:           StrayState,
		"code=canary":                                  StrayState,
		"code=canary&state=":                           StrayState,
		"":                                             StrayState,
		"error=access_denied&state=wrong":              StrayState,
		"error=access_denied&code=canary":              StrayState,
		"error=invalid_scope&error_description=<b>":    StrayUnproven,
		"error=invalid_scope&error_hint=x&state=":      StrayUnproven,
		"error=invalid_scope&state=&state=" + theState: StrayRepeated,
		good + "&code=canary":                          StrayRepeated,
		good + "&state=canary":                         StrayRepeated,
		good + "&iss=a&iss=b":                          StrayRepeated,
		good + "&error=access_denied":                  StrayEmpty,
		"x=canary&state=" + theState:                   StrayEmpty,
		good + "&canary=%zz":                           StrayQuery,
		good + "&iss=https%3A%2F%2Fcanary.example":     StrayIssuer,
		good + "&iss=canary":                           StrayIssuer,
	} {
		answer, err := a.Callback(Request{State: theState}, query)
		if got, ok := errors.AsType[Stray](err); !ok || got != want || answer != (Answer{}) {
			t.Errorf("%q: got %+v, %v, want %v", query, answer, err, want)
		}
	}
	// A request without a state, such as one that could not be read back, matches nothing: not even no state.
	for _, query := range []string{"code=canary", "code=canary&state="} {
		if answer, err := a.Callback(Request{}, query); err == nil {
			t.Errorf("%q answers a request without a state: %+v", query, answer)
		}
	}
}

func TestCallbackRefusals(t *testing.T) {
	t.Parallel()
	const injected = `<script>alert("canary")</script>` + "\x1b[2J\r\n\u202e"
	for _, tc := range []struct {
		code, description, hint string
		want                    Reason
	}{
		{"access_denied", "", "", Denied},
		{"invalid_scope", "The requested scope is invalid, unknown, or malformed", "", InvalidScope},
		{"unauthorized_client", "", "", InvalidClient},
		{"server_error", "", "", ServerFailure},
		{"temporarily_unavailable", "", "", ServerFailure},
		{"install already exists", "", "", InstallExists},
		{"invalid_request", "", "install already exists", InstallExists},
		{"request_unauthorized", "The request could not be authorized", "The consent request has expired", UnauthorizedRequest},
		{"request_forbidden", "The request is not allowed", "No CSRF value available in the session cookie.", CookiesBlocked},
		{"invalid_request", "", "Redirect URL is using an insecure protocol", InsecureRedirect},
		{"invalid_request", "", `The "redirect_uri" parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.`, RedirectMismatch},
		// The text alone says nothing here: the server has it for everything that is wrong with a request.
		{"invalid_request", "The request is missing a required parameter, includes an invalid parameter value", "", Other},
		{"invalid_state", "", "", Other},
		{injected, injected, injected, Other},
	} {
		query := url.Values{"error": {tc.code}, "error_description": {tc.description}, "error_hint": {tc.hint}, "state": {theState}}
		_, err := (&App{ID: wire.SegmentID}).Callback(Request{State: theState}, query.Encode())
		var refused *Error
		if !errors.As(err, &refused) || refused.Stage != StageAuthorize || refused.Reason != tc.want || refused.StatusCode != 0 {
			t.Errorf("%s, %s: got %#v, want reason %d", tc.code, tc.hint, err, tc.want)
			continue
		}
		if strings.ContainsAny(err.Error(), "\x1b\r\n\u202e") {
			t.Errorf("%s: error text %q", tc.code, err)
		}
		if tc.code == injected && !strings.Contains(err.Error(), `<script>alert("canary")</script>\x1b[2J`) {
			t.Errorf("error text %q", err)
		}
	}
}

// What a page or a server sends back of the secrets of a flow stays out of the message, though nobody gave a Redactor.
func TestCallbackSecretsEchoed(t *testing.T) {
	t.Parallel()
	a := &App{ID: wire.SegmentID, ClientID: clientID, ClientSecret: clientSecret}
	r := begin(t, &App{ID: wire.SegmentID, RedirectURL: redirectURL})
	query := url.Values{"error": {"x"}, "error_description": {r.Verifier + " " + r.State}, "error_hint": {clientSecret}, "state": {r.State}}
	_, err := a.Callback(r, query.Encode())
	for _, canary := range []string{r.Verifier, r.State, clientSecret} {
		if err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), "[redacted]") {
			t.Errorf("%q shows in %v", canary, err)
		}
	}
}

func TestLongTextIsCut(t *testing.T) {
	t.Parallel()
	e := refusal{code: strings.Repeat("é", 10*maxText)}.toError(StageAuthorize, 0, nil)
	if n := len([]rune(e.Code)); n != maxText {
		t.Errorf("%d characters", n)
	}
}

func FuzzCallback(f *testing.F) {
	for _, query := range []string{
		"code=" + theCode + "&scope=destination%2Fclearbrain&state=" + theState,
		"error=access_denied&error_description=%3Cb%3E&error_hint=x&state=" + theState,
		"error=invalid_scope&state=",
		"code=a&code=b&state=" + theState,
		"code=a&state=wrong",
		"code=a&error=b&state=" + theState,
		"code=a&iss=https%3A%2F%2Fid.segmentapis.com&state=" + theState,
		"%zz", "?", "&&&", "state=" + theState, "code=a;state=" + theState,
	} {
		f.Add(query)
	}
	a := &App{ID: wire.SegmentID}
	f.Fuzz(func(t *testing.T, query string) {
		answer, err := a.Callback(Request{State: theState}, query)
		_, isStray := errors.AsType[Stray](err)
		_, isRefusal := errors.AsType[*Error](err)
		if err != nil && !isStray && !isRefusal || (err == nil) != (answer.Code != "") {
			t.Errorf("%q: got %+v, %v", query, answer, err)
		}
		if values, parseErr := url.ParseQuery(query); !isStray && (parseErr != nil || values.Get("state") != theState) {
			t.Errorf("%q was taken without its state: %+v, %v", query, answer, err)
		}
		if err == nil {
			return
		}
		if text := err.Error(); strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.Contains(text, theState) {
			t.Errorf("%q is told as %q", query, text)
		}
	})
}

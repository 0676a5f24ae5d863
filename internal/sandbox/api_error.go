package sandbox

import (
	"fmt"
	"net/http"
)

// apiError is an error as the Config API answers it: an HTTP status and the body {"error": text, "code": code}.
// The codes are gRPC's (Segment Config API, errors).
type apiError struct {
	status int
	code   int
	text   string
}

func (e *apiError) Error() string { return e.text }

func invalidArgument(format string, args ...any) *apiError {
	return &apiError{http.StatusBadRequest, 3, fmt.Sprintf(format, args...)}
}

// missingObject is said of a request body without the resource that it is about.
func missingObject(resource string) *apiError {
	return invalidArgument("invalid argument: the request body has no object %q", resource)
}

func notFound(what string) *apiError {
	return &apiError{http.StatusNotFound, 5, what + " does not exist"}
}

func alreadyExists(what string) *apiError {
	return &apiError{http.StatusConflict, 6, what + " already exists"}
}

func unauthenticated(text string) *apiError {
	return &apiError{http.StatusUnauthorized, 16, text}
}

func internalError(text string) *apiError {
	return &apiError{http.StatusInternalServerError, 13, text}
}

// malformedToken is said of every token that does not work, expired ones too (Enable with Segment, FAQ).
func malformedToken() *apiError { return unauthenticated("malformed token") }

func (e *apiError) write(x *exchange) {
	x.json(e.status, struct {
		Error string `json:"error"`
		Code  int    `json:"code"`
	}{e.text, e.code})
}

// noRoute is what the proxy in front of the Config API says when the URL is wrong. It is not JSON.
func noRoute(x *exchange) {
	x.text(http.StatusServiceUnavailable, "upstream connect error or disconnect/reset before headers")
}

package sandbox

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxBody is how much of a request body is read.
const maxBody = 4 << 20

// exchange is one request and its answer, which is complete before any of it is sent: so it can be logged, and go wrong
// on purpose. It is an http.ResponseWriter for http's helpers.
type exchange struct {
	r       *http.Request
	body    []byte // of the request
	header  http.Header
	status  int
	answer  bytes.Buffer
	install string        // whose token it was, for the log
	cut     bool          // the connection breaks off instead of an answer
	slow    time.Duration // over which the answer's body is spread

	callbackError *oauthError // that a fault sends to the App's callback; nil without such a fault
}

// newExchange reads the request's body. A body that is too large or that broke off is answered already.
func newExchange(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{r: r, header: http.Header{}}
	if r.Body == nil || r.Body == http.NoBody {
		return x
	}
	var err error
	x.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		(&apiError{http.StatusRequestEntityTooLarge, 3, "invalid argument: request body is too large"}).write(x)
	case err != nil:
		invalidArgument("invalid argument: request body broke off").write(x)
	}
	r.Body = io.NopCloser(bytes.NewReader(x.body))
	return x
}

// Header, WriteHeader and Write are http.ResponseWriter's.
func (x *exchange) Header() http.Header { return x.header }

func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
	}
}

func (x *exchange) Write(b []byte) (int, error) {
	x.WriteHeader(http.StatusOK)
	return x.answer.Write(b)
}

// send writes the answer to the wire.
func (x *exchange) send(w http.ResponseWriter) {
	if x.cut {
		panic(http.ErrAbortHandler) // net/http's way of closing a connection without an answer
	}
	for name, values := range x.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(x.answer.Len()))
	w.WriteHeader(x.status)
	if x.r.Method == http.MethodHead {
		return
	}
	const pieces = 10
	size := x.answer.Len()
	if x.slow > 0 {
		size = max(1, size/pieces)
	}
	for x.answer.Len() > 0 {
		if _, err := w.Write(x.answer.Next(size)); err != nil {
			return // a client that went away is no concern of the sandbox
		}
		if x.slow > 0 {
			_ = http.NewResponseController(w).Flush() // without it the pieces only come together
			wait(x.r, x.slow/pieces)
		}
	}
}

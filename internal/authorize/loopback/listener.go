package loopback

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/segctl/segctl/internal/authorize"
)

const (
	headerTimeout = 5 * time.Second
	writeTimeout  = 5 * time.Second

	// maxHeader is in bytes. A browser sends the cookies of every program that was ever developed on localhost, so it
	// cannot be much smaller.
	maxHeader = 32 << 10
)

// listener holds the redirect URL's port on both loopback addresses and passes on exactly one callback.
type listener struct {
	want      expected
	callbacks chan *callback // holds the one callback of a browser
	unproven  chan struct{}  // an error without a state has come
	notes     chan string    // words for the user; dropped when nobody keeps up
	claimed   atomic.Bool    // the one callback has come, or none may come any more
	server    *http.Server
	serving   sync.WaitGroup
}

// listen takes the port, then serves it.
func listen(want expected) (*listener, error) {
	sockets, err := bindLoopback(want.redirect.port, new(net.ListenConfig).Listen)
	if err != nil {
		return nil, err
	}
	l := &listener{
		want:      want,
		callbacks: make(chan *callback, 1),
		unproven:  make(chan struct{}, 1),
		notes:     make(chan string, 16),
	}
	l.server = &http.Server{
		Handler:           l,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       headerTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       headerTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(io.Discard, "", 0), // else net/http writes to stderr
	}
	l.server.SetKeepAlivesEnabled(false)
	for _, socket := range sockets {
		l.serving.Go(func() {
			if err := l.server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
				l.note("listening on " + socket.Addr().String() + " ended: " + err.Error())
			}
		})
	}
	return l, nil
}

// close frees the port and cuts whatever connection is left.
func (l *listener) close() {
	_ = l.server.Close()
	l.serving.Wait()
}

// claim reports whether the caller is the first to bring the end of the wait.
func (l *listener) claim() bool { return l.claimed.CompareAndSwap(false, true) }

func (l *listener) note(text string) {
	select {
	case l.notes <- text:
	default:
	}
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secureHeaders(w.Header())
	switch {
	case !l.want.redirect.hostIsOurs(r.Host):
		refuse(w, http.StatusMisdirectedRequest, "This address is not served here.")
	case !l.want.redirect.pathIsOurs(r.URL):
		refuse(w, http.StatusNotFound, "There is nothing here.")
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		refuse(w, http.StatusMethodNotAllowed, "Only GET is answered here.")
	default:
		l.serveCallback(w, r)
	}
}

func (l *listener) serveCallback(w http.ResponseWriter, r *http.Request) {
	cb, err := l.want.parse(r.URL.RawQuery)
	if err != nil {
		l.serveStray(w, err)
		return
	}
	if !l.claim() {
		refuse(w, http.StatusConflict, "This authorization has had its answer already.")
		return
	}
	cb.outcome, cb.shown = make(chan outcome, 1), make(chan struct{})
	l.callbacks <- cb
	// Not the request's context: a browser that goes away stops nothing.
	o := <-cb.outcome
	defer close(cb.shown)
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(writeTimeout)) // the server's began before the exchange
	o.write(w)
	_ = control.Flush()
}

// serveStray answers what is not the callback. Nothing here waits for anything: the callback may be next.
func (l *listener) serveStray(w http.ResponseWriter, err error) {
	if !errors.Is(err, authorize.StrayUnproven) {
		l.note("a request to the redirect URL was ignored: " + err.Error())
		refuse(w, http.StatusBadRequest, "This request does not belong to the authorization that is under way.")
		return
	}
	unprovenPage().write(w)
	_ = http.NewResponseController(w).Flush() // the flow may end, and cut the connection, as soon as the server was asked
	select {
	case l.unproven <- struct{}{}:
	default:
	}
}

func refuse(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
}

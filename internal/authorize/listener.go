package authorize

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	headerTimeout = 5 * time.Second
	writeTimeout  = 5 * time.Second

	// maxHeader is in bytes. A browser sends the cookies of every program that
	// was ever developed on localhost, so it cannot be much smaller.
	maxHeader = 32 << 10
)

// listener holds the redirect URL's port on both loopback addresses and passes
// on exactly one callback.
type listener struct {
	want      expected
	callbacks chan *callback // holds the one callback of a browser
	notes     chan string    // words for the user; dropped when nobody keeps up
	claimed   atomic.Bool    // the one callback has come, or none may come any more
	server    *http.Server
	serving   sync.WaitGroup
}

type listenFunc func(ctx context.Context, network, address string) (net.Listener, error)

// listen takes the port, then serves it. "localhost" may mean either address,
// so holding one of the two would leave the other to any other program.
func listen(want expected) (*listener, error) {
	sockets, err := bindLoopback(want.redirect.port, new(net.ListenConfig).Listen)
	if err != nil {
		return nil, err
	}
	l := &listener{want: want, callbacks: make(chan *callback, 1), notes: make(chan string, 16)}
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

func bindLoopback(port string, listen listenFunc) ([]net.Listener, error) {
	ctx := context.Background() // binding a literal address does not block
	v4 := net.JoinHostPort("127.0.0.1", port)
	first, err := listen(ctx, "tcp4", v4)
	if err != nil {
		return nil, &PortError{Addr: v4, Err: bareError(err)}
	}
	v6 := net.JoinHostPort("::1", port)
	second, err := listen(ctx, "tcp6", v6)
	if isNoIPv6(err) {
		return []net.Listener{first}, nil
	}
	if err != nil {
		_ = first.Close()
		return nil, &PortError{Addr: v6, Err: bareError(err)}
	}
	return []net.Listener{first, second}, nil
}

// isNoIPv6 reports whether err says that this machine has no ::1 at all.
func isNoIPv6(err error) bool {
	const wsaEAFNOSUPPORT, wsaEADDRNOTAVAIL = syscall.Errno(10047), syscall.Errno(10049) // Windows has its own numbers
	for _, errno := range []syscall.Errno{syscall.EAFNOSUPPORT, syscall.EADDRNOTAVAIL, wsaEAFNOSUPPORT, wsaEADDRNOTAVAIL} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// bareError takes off net's own "listen tcp4 127.0.0.1:8888", which PortError says.
func bareError(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
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
		l.note("a request to the redirect URL was ignored: " + err.Error())
		refuse(w, http.StatusBadRequest, "This request does not belong to the authorization that is under way.")
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

func refuse(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
}

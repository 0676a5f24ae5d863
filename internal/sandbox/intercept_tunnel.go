package sandbox

import (
	"net"
	"sync"
)

// tunnel is a connection of which the first bytes were read already.
type tunnel struct {
	net.Conn
	early []byte
}

func (t *tunnel) Read(b []byte) (int, error) {
	if len(t.early) == 0 {
		return t.Conn.Read(b)
	}
	n := copy(b, t.early)
	t.early = t.early[n:]
	return n, nil
}

// tunnels is the net.Listener of the server behind the proxy.
type tunnels struct {
	opened chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *tunnels) put(conn net.Conn) {
	select {
	case l.opened <- conn:
	case <-l.closed:
		_ = conn.Close()
	}
}

// Accept returns the next tunnel, until Close.
func (l *tunnels) Accept() (net.Conn, error) {
	select {
	case conn := <-l.opened:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close makes Accept and put end.
func (l *tunnels) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr says that there is no address.
func (l *tunnels) Addr() net.Addr { return &net.UnixAddr{Name: "proxy", Net: "tunnel"} }

package loopback

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"syscall"
)

// PortError says that the redirect URL's port could not be had on Addr, which is an address and port such as
// "127.0.0.1:8888".
type PortError struct {
	Addr string
	Err  error
}

func (e *PortError) Error() string { return fmt.Sprintf("listen on %s: %v", e.Addr, e.Err) }

// Unwrap returns the cause.
func (e *PortError) Unwrap() error { return e.Err }

// Windows has numbers of its own for what went wrong with a socket. Unix has none as high.
const (
	wsaEACCES        = syscall.Errno(10013)
	wsaEAFNOSUPPORT  = syscall.Errno(10047)
	wsaEADDRINUSE    = syscall.Errno(10048)
	wsaEADDRNOTAVAIL = syscall.Errno(10049)
)

// InUse reports whether another program has the port.
func (e *PortError) InUse() bool { return isOneOf(e.Err, syscall.EADDRINUSE, wsaEADDRINUSE) }

// NeedsPrivilege reports whether the port is one that ordinary users may not listen on.
func (e *PortError) NeedsPrivilege() bool { return isOneOf(e.Err, syscall.EACCES, wsaEACCES) }

// isNoIPv6 reports whether err says that this machine has no ::1 at all.
func isNoIPv6(err error) bool {
	return isOneOf(err, syscall.EAFNOSUPPORT, syscall.EADDRNOTAVAIL, wsaEAFNOSUPPORT, wsaEADDRNOTAVAIL)
}

func isOneOf(err error, numbers ...syscall.Errno) bool {
	return slices.ContainsFunc(numbers, func(n syscall.Errno) bool { return errors.Is(err, n) })
}

type listenFunc func(ctx context.Context, network, address string) (net.Listener, error)

// bindLoopback takes a port on both loopback addresses. "localhost" may mean either, so holding one of the two would leave
// the other to any other program. The error is a *PortError.
func bindLoopback(port string, listen listenFunc) ([]net.Listener, error) {
	ctx := context.Background() // binding a literal address does not block
	v4 := net.JoinHostPort("127.0.0.1", port)
	first, err := listen(ctx, "tcp4", v4)
	if err != nil {
		return nil, &PortError{Addr: v4, Err: bareError(err)}
	}
	if port == "0" {
		port = strconv.Itoa(first.Addr().(*net.TCPAddr).Port)
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

// bareError takes off net's own "listen tcp4 127.0.0.1:8888", which PortError says.
func bareError(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// CheckPort takes the port of a redirect URL as Run would, and lets it go. Its errors are *authorize.RedirectURLError and
// *PortError.
func CheckPort(rawURL string) error {
	redirect, err := parseRedirectURL(rawURL)
	if err != nil {
		return err
	}
	sockets, err := bindLoopback(redirect.port, new(net.ListenConfig).Listen)
	closeAll(sockets)
	return err
}

// FreeRedirectURL returns the guide's redirect URL with a port that is free on both loopback addresses just now.
func FreeRedirectURL() (string, error) {
	const attempts = 20
	for range attempts {
		sockets, err := bindLoopback("0", new(net.ListenConfig).Listen)
		var taken *PortError
		switch {
		case errors.As(err, &taken) && taken.InUse():
			continue
		case err != nil:
			return "", fmt.Errorf("find free port: %w", err)
		}
		port := sockets[0].Addr().(*net.TCPAddr).Port
		closeAll(sockets)
		return fmt.Sprintf("http://localhost:%d/auth/segment/callback", port), nil
	}
	return "", errors.New("find free port: none is free on both 127.0.0.1 and ::1")
}

func closeAll(sockets []net.Listener) {
	for _, socket := range sockets {
		_ = socket.Close()
	}
}

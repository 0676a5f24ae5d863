package loopback

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/segctl/segctl/internal/authorize"
)

func TestPortTaken(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "::1"} {
		f := flow(t, answering(200, granted))
		_, port, _ := strings.Cut(strings.TrimSuffix(f.App.RedirectURL, "/auth/segment/callback"), "localhost:")
		addr := net.JoinHostPort(host, port)
		other, err := net.Listen("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		f.Show = func(authorize.Request) { t.Error("the URL was shown though the port is taken") }
		f.Open = func(context.Context, string) error {
			t.Error("the browser was opened though the port is taken")
			return nil
		}
		_, err = f.Run(t.Context())
		var taken *PortError
		if !errors.As(err, &taken) || taken.Addr != addr || !errors.Is(err, syscall.EADDRINUSE) || !taken.InUse() || taken.NeedsPrivilege() {
			t.Errorf("%s taken: Run returned %v", addr, err)
		}
		_ = other.Close()
		if !canListen("127.0.0.1:"+port) || !canListen("[::1]:"+port) {
			t.Errorf("%s taken: the other address is still held after Run", addr)
		}
	}
}

func TestNoIPv6(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		errno syscall.Errno
		fails bool
	}{{syscall.EAFNOSUPPORT, false}, {syscall.EADDRNOTAVAIL, false}, {syscall.EACCES, true}} {
		listen := func(ctx context.Context, network, addr string) (net.Listener, error) {
			if network == "tcp6" {
				return nil, &net.OpError{Op: "listen", Net: network, Err: tc.errno}
			}
			return new(net.ListenConfig).Listen(ctx, network, addr)
		}
		sockets, err := bindLoopback(freePort(t), listen)
		if (err != nil) != tc.fails {
			t.Errorf("%v for ::1: bindLoopback returned %v", tc.errno, err)
		}
		if !tc.fails && len(sockets) != 1 {
			t.Errorf("%v for ::1: %d sockets", tc.errno, len(sockets))
		}
		for _, s := range sockets {
			_ = s.Close()
		}
	}
}

func TestPortErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		errno                 syscall.Errno
		inUse, needsPrivilege bool
	}{
		{syscall.EADDRINUSE, true, false},
		{10048, true, false}, // the latter on Windows
		{syscall.EACCES, false, true},
		{10013, false, true},
		{syscall.ENOBUFS, false, false},
	} {
		err := &PortError{Addr: "127.0.0.1:80", Err: tc.errno}
		if err.InUse() != tc.inUse || err.NeedsPrivilege() != tc.needsPrivilege {
			t.Errorf("%d: in use %t, needs privilege %t", tc.errno, err.InUse(), err.NeedsPrivilege())
		}
	}
}

func TestCheckPort(t *testing.T) {
	t.Parallel()
	redirect := "http://localhost:" + freePort(t) + "/cb"
	for range 2 { // the first time lets go of it
		if err := CheckPort(redirect); err != nil {
			t.Errorf("CheckPort returned %v", err)
		}
	}
	u, err := url.Parse(redirect)
	if err != nil {
		t.Fatal(err)
	}
	other, err := net.Listen("tcp", net.JoinHostPort("::1", u.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var taken *PortError
	if err := CheckPort(redirect); !errors.As(err, &taken) || !taken.InUse() || !strings.HasPrefix(taken.Addr, "[::1]:") {
		t.Errorf("CheckPort returned %v", err)
	}
	var bad *authorize.RedirectURLError
	if err := CheckPort("https://partner.example/"); !errors.As(err, &bad) {
		t.Errorf("CheckPort returned %v", err)
	}
}

func TestFreeRedirectURL(t *testing.T) {
	t.Parallel()
	redirect, err := FreeRedirectURL()
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseRedirectURL(redirect)
	if err != nil || got.path != "/auth/segment/callback" || got.port == "0" || !strings.HasPrefix(redirect, "http://localhost:") {
		t.Errorf("%s: %+v, %v", redirect, got, err)
	}
	if !canListen("127.0.0.1:"+got.port) || !canListen("[::1]:"+got.port) {
		t.Errorf("the port of %s is not free", redirect)
	}
}

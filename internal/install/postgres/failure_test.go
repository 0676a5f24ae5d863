package postgres_test

import (
	"bytes"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/installtest"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/seal"
)

// The database is started anew, and all connections are cut, while a token is being fetched and before something is read:
// nothing is lost, and nobody is told.
func TestDatabaseRestarts(t *testing.T) {
	t.Parallel()
	c := pgtest.Cluster(t)
	db, err := c.Database(t.Context(), "segctl")
	if err != nil {
		t.Fatal(err)
	}
	s := pgtest.Store(t, db)
	installtest.Put(t, s, installtest.Named(t, "installs/7"))
	restart := func() {
		if err := c.Restart(t.Context()); err != nil {
			t.Error(err)
		}
	}
	cut := func() {
		ask(t, db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	}
	for what, broken := range map[string]func(){"restarted": restart, "cut": cut} {
		if err := s.Update(t.Context(), "7", with(what, broken)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		wantToken(t, s, what)
		broken()
		wantToken(t, s, what)
		broken()
		if err := s.Update(t.Context(), "7", with("after", nil)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	// While it is away, and comes back.
	var back sync.WaitGroup
	c.Halt()
	back.Go(restart)
	wantToken(t, s, "after")
	back.Wait()
}

// silencer passes a connection to a database on, until it sees a text go there: then it lets the answer come, and cuts the
// connection without passing the answer on. With instead, the text does not get there either, and that is done in its place.
type silencer struct {
	text    []byte
	cuts    atomic.Int32
	instead func()
}

func (s *silencer) listen(t *testing.T, db string) string {
	t.Helper()
	u, err := url.Parse(db)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	socket := query.Get("host") + "/.s.PGSQL." + query.Get("port")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.pass(conn, socket)
		}
	}()
	host, port, _ := net.SplitHostPort(listener.Addr().String())
	query.Set("host", host)
	query.Set("port", port)
	u.RawQuery = query.Encode()
	return u.String()
}

func (s *silencer) pass(conn net.Conn, socket string) {
	defer conn.Close()
	server, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer server.Close()
	var cut atomic.Bool
	go func() {
		defer server.Close()
		buf := make([]byte, 1<<16)
		for {
			n, err := conn.Read(buf)
			// What is prepared is not yet done: the text must go with values, which begin with the token's age header.
			if bytes.Contains(buf[:n], s.text) && s.cuts.CompareAndSwap(0, 1) {
				cut.Store(true)
				if s.instead != nil {
					s.instead()
					return
				}
			}
			if n > 0 {
				if _, err := server.Write(buf[:n]); err != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 1<<16)
	for {
		n, err := server.Read(buf)
		if cut.Load() {
			return
		}
		if n > 0 {
			if _, err := conn.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// The answer to the saving is lost: it is looked up whether it was saved, and it is not saved over somebody else's.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	first, db := seven(t)
	removed := installtest.Named(t, "installs/8")
	installtest.Put(t, first, removed)
	version := answer[int](t, db, "SELECT version FROM segctl_installs WHERE name = 'installs/7'")
	for what, text := range map[string]string{
		"saved":   "age-encryption.org",
		"removed": "DELETE FROM segctl_installs",
	} {
		s := &silencer{text: []byte(text)}
		through := another(t, s.listen(t, db), first)
		switch what {
		case "saved":
			if err := through.Update(t.Context(), "7", with("kept", nil)); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			wantToken(t, first, "kept")
			if v := answer[int](t, db, "SELECT version FROM segctl_installs WHERE name = 'installs/7'"); v != version+1 {
				t.Errorf("it was saved %d times", v-version)
			}
		case "removed":
			installtest.Remove(t, through, removed.Name)
			if _, err := first.Get(t.Context(), removed.Name); !errors.Is(err, install.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if s.cuts.Load() != 1 {
			t.Errorf("%s: no connection was cut", what)
		}
	}
}

// The saving does not get there, and somebody else has kept another token before it is tried again: that is no success.
func TestLostSavingIsOvertaken(t *testing.T) {
	t.Parallel()
	first, db := seven(t)
	other := another(t, db, first)
	s := &silencer{text: []byte("age-encryption.org"), instead: func() {
		ask(t, db, "UPDATE segctl_installs SET lease_until = clock_timestamp() - interval '1 s'")
		if err := other.Update(t.Context(), "7", with("newer", nil)); err != nil {
			t.Error(err)
		}
	}}
	err := another(t, s.listen(t, db), first).Update(t.Context(), "7", with("lost", nil))
	if got := kindOf(t, err); got != install.Overtaken {
		t.Errorf("got %v", err)
	}
	wantToken(t, first, "newer")
}

// Errors name the place and never the password, and a database that was never there is not waited for.
func TestErrorsShowNoPassword(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() { // no PostgreSQL, and it sends back what it is sent
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 200)
			n, _ := conn.Read(buf)
			_, _ = conn.Write(buf[:n])
			conn.Close()
		}
	}()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for name, test := range map[string]struct {
		url  string
		kind install.Kind
	}{
		"nothing listens": {"postgres://user:c4nary@" + closed.Addr().String() + "/segctl", install.Unreachable},
		"another server":  {"postgres://user:c4nary@" + listener.Addr().String() + "/segctl?sslmode=disable", install.Unreachable},
		"a bad setting":   {"postgres://user:c4nary@127.0.0.1:1/segctl?sslmode=c4nary", install.Unreachable},
		"a bad URL":       {"postgres://user:c4nary@127.0.0.1:port/segctl", install.Unreachable},
		"keywords":        {"host=127.0.0.1 port=1 password=c4nary connect_timeout=c4nary", install.Unreachable},
		"none":            {"", install.NoDatabase},
	} {
		s := postgres.New(postgres.Options{URL: test.url, Profile: "default", Keys: pgtest.Keys(t)})
		defer s.Close()
		for _, err := range []error{
			errorOf(s.Cards(t.Context())), errorOf(s.Get(t.Context(), "7")), s.Probe(t.Context()), errorOf(s.Migrate(t.Context())),
			s.CheckSchema(t.Context()), s.Update(t.Context(), "7", nil), s.Ready(t.Context()), errorOf(s.Vault().Get(t.Context(), "default/x")),
		} {
			if got := kindOf(t, err); got != test.kind || strings.Contains(err.Error()+s.String(), "c4nary") {
				t.Errorf("%s: %v (%s)", name, err, s)
			}
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

// Without the keys, what is no secret can be read, and nothing is changed that could not be sealed.
func TestWithoutKeys(t *testing.T) {
	t.Parallel()
	first, db := seven(t)
	identity, recipient := newKeys(t)
	_, other := newKeys(t)
	keys := func(recipients, identities []string) *seal.Keys {
		return seal.Later(func() ([]string, []string, error) { return recipients, identities, nil })
	}
	for name, keys := range map[string]*seal.Keys{
		"none":        nil,
		"unreadable":  seal.Later(func() ([]string, []string, error) { return nil, nil, errors.New("no such file") }),
		"no identity": keys([]string{recipient}, nil),
		"another's":   keys([]string{recipient}, []string{identity}),
		"mismatched":  keys([]string{other}, []string{identity}),
	} {
		s := postgres.New(postgres.Options{URL: db, Profile: "default", Keys: keys})
		defer s.Close()
		if cards, err := s.Cards(t.Context()); err != nil || len(cards) != 1 {
			t.Errorf("%s: %v", name, err)
		}
		asked := false
		for what, err := range map[string]error{
			"get": errorOf(s.Get(t.Context(), "7")), "ready": s.Ready(t.Context()), "probe": probe(t, s, name),
			"update": s.Update(t.Context(), "7", func(old *install.Install) (*install.Install, error) { asked = true; return old, nil }),
		} {
			if err == nil || kindOf(t, err) != install.NoKey {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		if asked {
			t.Errorf("%s: a token was asked for that could not be kept", name)
		}
	}
	wantToken(t, first, installtest.Named(t, "installs/7").Token)
}

// probe probes, but for keys that are right in themselves.
func probe(t *testing.T, s *postgres.Store, name string) error {
	t.Helper()
	if name == "another's" {
		return &install.StoreError{Kind: install.NoKey}
	}
	return s.Probe(t.Context())
}

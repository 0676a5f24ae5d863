// Package cluster runs a PostgreSQL of its own for a while: for tests, and for the demo on one machine. It is reached over
// a Unix socket in a private folder alone, and nothing of it is kept.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrMissing says that PostgreSQL is not installed on this machine.
var ErrMissing = errors.New("PostgreSQL's initdb and postgres are not installed")

// Cluster is a running PostgreSQL.
type Cluster struct {
	tools  string // folder of initdb and postgres
	data   string
	socket string
	owner  *owner // nil: this process's own user

	mu      sync.Mutex
	process *os.Process
	done    chan struct{} // closed when the process has ended
}

// The user who may do everything in the cluster, and the port that names its socket.
const (
	superuser = "segctl"
	port      = 5432
)

// Start makes a cluster in the folder dir, which must be empty or not there yet, and starts it. As root, which PostgreSQL
// refuses to run as, it runs as the user postgres, who then owns the folder.
func Start(ctx context.Context, dir string) (*Cluster, error) {
	tools, err := find()
	if err != nil {
		return nil, err
	}
	c := &Cluster{tools: tools, data: filepath.Join(dir, "data")}
	if c.owner, err = ownerOf(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	// The path of a socket is limited to about a hundred bytes, and that of a folder is not.
	if c.socket, err = os.MkdirTemp(shortTemp(), "segctl-pg-"); err != nil {
		return nil, err
	}
	for _, folder := range []string{dir, c.socket} {
		if err := c.owner.own(folder); err != nil {
			return nil, errors.Join(err, os.RemoveAll(c.socket))
		}
	}
	if err := c.init(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.socket))
	}
	if err := c.run(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.socket))
	}
	return c, nil
}

// shortTemp is a folder for sockets: that of the machine where the one of this process has a long name.
func shortTemp() string {
	if dir := os.TempDir(); len(dir) < 40 || runtime.GOOS == "windows" {
		return dir
	}
	return "/tmp"
}

// find returns the folder that PostgreSQL's tools are in: on PATH, or where Debian keeps those of the newest version.
func find() (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if _, err := exec.LookPath("postgres"); err == nil {
			return filepath.Dir(initdb), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	for _, path := range found {
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "initdb")); err == nil {
			return filepath.Dir(path), nil
		}
	}
	return "", ErrMissing
}

func (c *Cluster) init(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, filepath.Join(c.tools, "initdb"), "--pgdata="+c.data, "--username="+superuser,
		"--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions")
	c.prepare(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// prepare makes a command run as the owner of the cluster, in a folder that this user may be in.
func (c *Cluster) prepare(cmd *exec.Cmd) {
	cmd.Dir = c.socket
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PG") || strings.HasPrefix(v, "SEGCTL_") })
	cmd.Env = append(cmd.Env, "LC_ALL=C")
	c.owner.become(cmd)
}

// run starts the server and waits until it takes connections.
func (c *Cluster) run(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(c.socket, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(filepath.Join(c.tools, "postgres"), "-D", c.data, "-k", c.socket, "-p", strconv.Itoa(port), //nolint:noctx // it outlives the start; Stop ends it
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=400", "-c", "shared_buffers=32MB",
		"-c", "max_wal_size=128MB", "-c", "logging_collector=off", "-c", "superuser_reserved_connections=3")
	c.prepare(cmd)
	cmd.Stdout, cmd.Stderr = log, log
	started := make(chan error)
	done := make(chan struct{})
	go func() {
		// Where the system ends a child with its parent, the parent is the thread.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
		close(done)
	}()
	if err := <-started; err != nil {
		return err
	}
	c.mu.Lock()
	c.process, c.done = cmd.Process, done
	c.mu.Unlock()
	if err := c.await(ctx, done); err != nil {
		c.end()
		return err
	}
	return nil
}

// await waits until the server takes connections.
func (c *Cluster) await(ctx context.Context, done <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.URL())
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-done:
			text, _ := os.ReadFile(filepath.Join(c.socket, "log"))
			return fmt.Errorf("postgres ended: %s", strings.TrimSpace(string(text)))
		case <-ctx.Done():
			return fmt.Errorf("postgres takes no connections: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// URL returns where the cluster's first database is.
func (c *Cluster) URL() string { return c.url("postgres") }

func (c *Cluster) url(database string) string {
	query := url.Values{"host": {c.socket}, "port": {strconv.Itoa(port)}, "user": {superuser}, "sslmode": {"disable"}}
	return "postgres:///" + url.PathEscape(database) + "?" + query.Encode()
}

// Data returns the folder of the cluster's files.
func (c *Cluster) Data() string { return c.data }

// Database makes a database and returns its URL.
func (c *Cluster) Database(ctx context.Context, name string) (string, error) {
	conn, err := pgx.Connect(ctx, c.URL())
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()); err != nil {
		return "", err
	}
	return c.url(name), nil
}

// Restart stops the cluster as an administrator does it, which cuts all connections, and starts it again.
func (c *Cluster) Restart(ctx context.Context) error {
	c.end()
	return c.run(ctx)
}

// Halt stops the cluster and keeps its files: Restart starts it again.
func (c *Cluster) Halt() { c.end() }

// Stop ends the cluster and removes its files.
func (c *Cluster) Stop() error {
	c.end()
	return errors.Join(os.RemoveAll(c.data), os.RemoveAll(c.socket))
}

// end stops the server: fast at first, and at once where that takes too long.
func (c *Cluster) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.process == nil {
		return
	}
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGQUIT, os.Kill} {
		if err := c.process.Signal(s); err != nil {
			continue
		}
		select {
		case <-c.done:
			c.process = nil
			return
		case <-time.After(20 * time.Second):
		}
	}
	<-c.done
	c.process = nil
}

package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install/postgres/cluster"
	"github.com/segctl/segctl/internal/private"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/seal"
)

// cleanUp bounds how long a demo that ends waits for the database.
const cleanUp = 10 * time.Second

// Database returns the URL of a database for the demo alone, and what removes it: a schema in the database that is given, or
// where none is, a PostgreSQL that is started. The errors are a *problem.Error, or the end of ctx.
func Database(ctx context.Context, given string) (own string, remove func() error, err error) {
	switch {
	case given == "":
		return startOwn(ctx)
	case len(config.DatabasePasswords(given)) > 0:
		return "", nil, problem.Usage("other programs could see the password of the database on the command line: put it into the file that PGPASSFILE names").
			Hint("", "serve", "--demo", "--database-url", "postgres://user@localhost/postgres")
	}
	own, remove, err = Borrow(ctx, given)
	if err != nil && ctx.Err() == nil {
		err = problem.With(problem.ExitStore, "%w", err).Hint("with a PostgreSQL of its own", "serve", "--demo")
	}
	return own, remove, err
}

// startOwn starts a PostgreSQL. Run by root, it runs as a user of its own, who cannot look into other folders of the demo.
func startOwn(ctx context.Context) (own string, remove func() error, err error) {
	another := []string{"serve", "--demo", "--database-url", "postgres://localhost/postgres"}
	folder, err := os.MkdirTemp("", "segctl-demo-")
	if err != nil {
		return "", nil, err
	}
	running, err := cluster.Start(ctx, folder)
	if err == nil {
		return running.URL(), func() error { return errors.Join(running.Stop(), os.RemoveAll(folder)) }, nil
	}
	os.RemoveAll(folder)
	switch {
	case ctx.Err() != nil:
		return "", nil, ctx.Err()
	case errors.Is(err, cluster.ErrMissing):
		return "", nil, problem.With(problem.ExitStore, "the demo needs PostgreSQL, whose initdb and postgres are not on this machine: "+
			"install the package postgresql (Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql), or give it a database").
			Hint("", another...)
	}
	return "", nil, problem.With(problem.ExitStore, "start PostgreSQL: %w", err).Hint("with one that runs already", another...)
}

// Listen listens on an address of this machine, or where it is taken, on a free port.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		l, err = config.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	return l, err
}

// NewKey makes a key to seal to, keeps its identity in a new file, and returns the recipient.
func NewKey(file string) (recipient string, err error) {
	identity, recipient, err := seal.Generate()
	if err != nil {
		return "", err
	}
	return recipient, private.CreateFile(file, []byte(identity+"\n"))
}

// Borrow makes a schema of the demo's own in a database that was given for it, and returns the URL with which everything
// happens in that schema, and the one of its jobs, alone. Nothing else in the database is seen or changed. giveBack removes
// the schemas with all that is in them.
func Borrow(ctx context.Context, database string) (own string, giveBack func() error, err error) {
	random := make([]byte, 6)
	_, _ = rand.Read(random) // it never fails
	schema := "segctl_demo_" + hex.EncodeToString(random)
	if own, err = within(database, schema); err != nil {
		return "", nil, err
	}
	if err := run(ctx, database, "CREATE SCHEMA "+schema); err != nil {
		return "", nil, err
	}
	return own, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), cleanUp)
		defer cancel()
		return run(ctx, database, "DROP SCHEMA IF EXISTS "+schema+", "+schema+"_segctl_river CASCADE")
	}, nil
}

// within returns the URL, or the keywords, of a database with a schema to use.
func within(database, schema string) (string, error) {
	if !strings.HasPrefix(database, "postgres://") && !strings.HasPrefix(database, "postgresql://") {
		return strings.TrimSpace(database + " search_path=" + schema), nil
	}
	u, err := url.Parse(database)
	if err != nil {
		return "", fmt.Errorf("the URL of the database cannot be parsed") // the cause would quote it, with a password maybe
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String(), nil
}

func run(ctx context.Context, database, sql string) error {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", strings.ToLower(sql), err)
	}
	return nil
}

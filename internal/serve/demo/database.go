package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// cleanUp bounds how long a demo that ends waits for the database.
const cleanUp = 10 * time.Second

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

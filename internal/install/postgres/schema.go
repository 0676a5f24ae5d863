package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/install"
)

// Schema is one component's part of the database. The steps are applied in their order, each once, and never back. A step
// may hold several statements, and is one transaction.
type Schema struct {
	Component string
	Steps     []string
}

// migrationLock is the advisory lock of whoever changes the schema.
const migrationLock = 0x73656763746c // "segctl"

// ownSchema is the store's part. A row without a card is an install that somebody is about to make.
func ownSchema() Schema {
	return Schema{"store", []string{`
CREATE TABLE segctl_installs (
	profile     text   NOT NULL,
	name        text   NOT NULL,
	card        jsonb,
	token       bytea,
	seal        text,
	version     bigint NOT NULL DEFAULT 0,
	holder      text,
	lease       text,
	lease_until timestamptz,
	saved       text,
	reserve     bytea,
	PRIMARY KEY (profile, name)
);
ALTER TABLE segctl_installs ALTER COLUMN token SET STORAGE EXTERNAL;
ALTER TABLE segctl_installs ALTER COLUMN reserve SET STORAGE EXTERNAL;
CREATE INDEX segctl_installs_unmade ON segctl_installs (profile) WHERE card IS NULL;
CREATE TABLE segctl_secrets (
	profile text  NOT NULL,
	account text  NOT NULL,
	sealed  bytea NOT NULL,
	seal    text  NOT NULL,
	PRIMARY KEY (profile, account)
);
ALTER TABLE segctl_secrets ALTER COLUMN sealed SET STORAGE EXTERNAL;
`}}
}

// Migrate brings the database to the schema that this segctl knows, the store's own part first, and returns what it
// applied. It is safe when several do it at once. A part that a newer segctl has changed is a *install.StoreError that says
// Newer, and then nothing is changed.
func (s *Store) Migrate(ctx context.Context, more ...Schema) (applied []string, err error) {
	err = s.Exclusive(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "CREATE TABLE IF NOT EXISTS segctl_schema (component text PRIMARY KEY, version integer NOT NULL)"); err != nil {
			return err
		}
		all := append([]Schema{ownSchema()}, more...)
		there, err := versions(ctx, conn)
		if err != nil {
			return err
		}
		for _, part := range all {
			if err := s.newer(part, there[part.Component]); err != nil {
				return err
			}
		}
		for _, part := range all {
			for v := there[part.Component]; v < len(part.Steps); v++ {
				if err := step(ctx, conn, part, v); err != nil {
					return err
				}
				applied = append(applied, fmt.Sprintf("%s %d", part.Component, v+1))
			}
		}
		return nil
	})
	return applied, s.fault("write", "the schema", err)
}

// step applies one step, and counts it, in one transaction.
func step(ctx context.Context, conn *pgx.Conn, part Schema, v int) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, part.Steps[v]); err != nil {
			return fmt.Errorf("step %d of %s: %w", v+1, part.Component, err)
		}
		_, err := tx.Exec(ctx, `INSERT INTO segctl_schema (component, version) VALUES ($1, $2)
			ON CONFLICT (component) DO UPDATE SET version = excluded.version`, part.Component, v+1)
		return err
	})
}

// Exclusive does something with a connection while nobody else migrates. It must not call Migrate.
func (s *Store) Exclusive(ctx context.Context, do func(ctx context.Context, conn *pgx.Conn) error) error {
	pool, err := s.Pool(ctx)
	if err != nil {
		return err
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return s.fault("lock", "the schema", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return s.fault("lock", "the schema", err)
	}
	defer func() {
		if _, err := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock)); err != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx)) // the lock ends with the connection
		}
	}()
	return do(ctx, conn.Conn())
}

// rows is what versions needs of a connection.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// versions returns the version of each component's part.
func versions(ctx context.Context, q querier) (map[string]int, error) {
	rows, err := q.Query(ctx, "SELECT component, version FROM segctl_schema")
	if err != nil {
		return nil, err
	}
	there := map[string]int{}
	var component string
	var version int
	_, err = pgx.ForEachRow(rows, []any{&component, &version}, func() error {
		there[component] = version
		return nil
	})
	return there, err
}

// CheckSchema returns a *install.StoreError that says Newer or NotMigrated where the database has another schema than this
// segctl knows. The store checks its own part by itself, when it is used first.
func (s *Store) CheckSchema(ctx context.Context, more ...Schema) error {
	pool, err := s.Pool(ctx)
	if err != nil {
		return err
	}
	there, err := versions(ctx, pool)
	if err != nil {
		return s.fault("read", "the schema", err)
	}
	for _, part := range append([]Schema{ownSchema()}, more...) {
		if err := s.newer(part, there[part.Component]); err != nil {
			return err
		}
		if v := there[part.Component]; v < len(part.Steps) {
			return &install.StoreError{
				Kind: install.NotMigrated, Op: "read", Item: "the schema", Store: s.String(),
				Err: fmt.Errorf("%s is at version %d, and this segctl needs %d", part.Component, v, len(part.Steps)),
			}
		}
	}
	return nil
}

func (s *Store) newer(part Schema, version int) error {
	if version <= len(part.Steps) {
		return nil
	}
	return &install.StoreError{
		Kind: install.Newer, Op: "read", Item: "the schema", Store: s.String(),
		Err: fmt.Errorf("%s is at version %d, and this segctl knows %d", part.Component, version, len(part.Steps)),
	}
}

package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/serve/ledger"
)

const (
	// jobTime bounds most jobs. flowTime is that of those that send many requests.
	jobTime  = 25 * time.Second
	flowTime = 40 * time.Second
	// rescueAfter is when a running job counts as left by a replica that was killed. River looks every 30 seconds, so such a
	// job runs again within about a minute. It must be longer than jobTime: jobs that take longer say so themselves.
	rescueAfter = jobTime + 5*time.Second

	keepCompleted = time.Hour
	keepFailed    = 7 * 24 * time.Hour
)

// riverSchema names the schema for River's tables, after the schema that segctl's own tables are in: "segctl_river" beside
// "public".
func riverSchema(ctx context.Context, db ledger.DB) (string, error) {
	const name = "segctl_river"
	var own string
	if err := db.QueryRow(ctx, "SELECT coalesce(current_schema(), '')").Scan(&own); err != nil {
		return "", fmt.Errorf("find the schema of the database: %w", err)
	}
	switch {
	case own == "public" || own == "":
		return name, nil
	case !regexp.MustCompile(`^[a-z_][a-z0-9_]{0,30}$`).MatchString(own):
		return "", fmt.Errorf("the schema %q has a name that jobs cannot be kept beside: up to 31 small letters, digits and underscores", own)
	}
	return own + "_" + name, nil
}

// Migrate makes River's tables, or brings them to the version that this segctl knows, and returns what it applied. Whoever
// calls it keeps others from doing the same.
func Migrate(ctx context.Context, pool *pgxpool.Pool) (applied []string, err error) {
	schema, err := riverSchema(ctx, pool)
	if err != nil {
		return nil, err
	}
	if _, err := pool.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{schema}.Sanitize()); err != nil {
		return nil, fmt.Errorf("make the schema %s: %w", schema, err)
	}
	if err := checkVersions(ctx, pool, schema); err != nil && !isKind(err, install.NotMigrated) {
		return nil, err
	}
	migrator, err := migratorOf(pool, schema)
	if err != nil {
		return nil, err
	}
	done, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if done != nil {
		for _, version := range done.Versions {
			applied = append(applied, fmt.Sprintf("jobs %d", version.Version))
		}
	}
	return applied, err
}

// CheckSchema returns a *install.StoreError that says Newer or NotMigrated where River's tables are not those that this
// segctl knows.
func CheckSchema(ctx context.Context, pool *pgxpool.Pool) error {
	schema, err := riverSchema(ctx, pool)
	if err != nil {
		return err
	}
	return checkVersions(ctx, pool, schema)
}

func checkVersions(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	migrator, err := migratorOf(pool, schema)
	if err != nil {
		return err
	}
	known := migrator.AllVersions()
	is, wanted := 0, known[len(known)-1].Version
	// River itself reads no version that it does not know.
	table, exists := pgx.Identifier{schema, "river_migration"}.Sanitize(), false
	err = pool.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", table).Scan(&exists)
	if err == nil && exists {
		err = pool.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM "+table).Scan(&is)
	}
	if err != nil {
		return fmt.Errorf("read the version of the jobs: %w", err)
	}
	kind := install.Newer
	switch {
	case is == wanted:
		return nil
	case is < wanted:
		kind = install.NotMigrated
	}
	return &install.StoreError{
		Kind: kind, Op: "read", Item: "the schema", Store: "PostgreSQL",
		Err: fmt.Errorf("jobs is at version %d, and this segctl knows %d", is, wanted),
	}
}

func migratorOf(pool *pgxpool.Pool, schema string) (*rivermigrate.Migrator[pgx.Tx], error) {
	return rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: schema, Logger: slog.New(slog.DiscardHandler)})
}

func isKind(err error, kind install.Kind) bool {
	e, ok := errors.AsType[*install.StoreError](err)
	return ok && e.Kind == kind
}

// newClient returns River's client for all the queues of the profile.
func (j *Jobs) newClient() (*river.Client[pgx.Tx], error) {
	w := river.NewWorkers()
	add(w, j, enableBackoff(), flowTime, ofInstall(j.enable))
	add(w, j, refreshBackoff(), jobTime, ofInstall(j.refresh))
	add(w, j, checkBackoff(), jobTime, ofInstall(j.check))
	add(w, j, backoff{}, jobTime, j.deliver)
	add(w, j, resumeBackoff(), flowTime, j.resumeFlow)
	add(w, j, backoff{time.Minute, time.Hour}, jobTime, j.tidy)
	queues := map[string]river.QueueConfig{}
	for class, n := range workers() {
		queues[queue(j.o.Store.Profile(), class)] = river.QueueConfig{MaxWorkers: n}
	}
	return river.NewClient(riverpgxv5.New(j.o.River), &river.Config{
		// Each row keeps the names of the last hundred clients that worked on it: a short one.
		ID:                          strings.ToLower(rand.Text()[:10]),
		Schema:                      j.schema,
		Queues:                      queues,
		Workers:                     w,
		Logger:                      slog.New(warnings{j.o.Log.Handler()}),
		JobTimeout:                  jobTime,
		RescueStuckJobsAfter:        rescueAfter,
		SoftStopTimeout:             j.o.Grace,
		CompletedJobRetentionPeriod: keepCompleted,
		CancelledJobRetentionPeriod: keepFailed,
		DiscardedJobRetentionPeriod: keepFailed,
	})
}

// warnings passes on what River logs from warnings on: each job is told by us.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }

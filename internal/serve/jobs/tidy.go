package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

// tidy deletes what nobody needs any more, and sees to it that every install is cared for: one that came by a command, whose
// jobs were cancelled by hand, or that was restored without them, gets those that it lacks. It is the one look at all
// installs, and asks the database for what is missing alone.
func (j *Jobs) tidy(ctx context.Context, _ *river.Job[tidyArgs]) (next, error) {
	if _, err := j.o.Ledger.Tidy(ctx); err != nil {
		return next{}, err
	}
	for _, part := range []struct {
		kind string
		from string // the installs that need such a job
		args func(install string) river.JobArgs
	}{
		{kindRefresh, "segctl_installs", func(install string) river.JobArgs { return refreshArgs{install} }},
		{kindCheck, "segctl_installs", func(install string) river.JobArgs { return checkArgs{install} }},
		{kindEnable, "segctl_connections", func(install string) river.JobArgs { return enableArgs{install} }},
	} {
		n, err := j.adopt(ctx, part.kind, part.from, part.args)
		if err != nil {
			return next{}, err
		}
		if n > 0 {
			j.o.Log.InfoContext(ctx, "installs without a job got one", slog.String("kind", part.kind), slog.Int("installs", n))
		}
	}
	return again("done", j.o.TidyEvery), nil
}

// batch is how many jobs are inserted at once.
const batch = 1000

// adopt inserts the jobs of a kind that are missing, and returns how many.
func (j *Jobs) adopt(ctx context.Context, kind, from string, args func(install string) river.JobArgs) (int, error) {
	missing, err := j.missing(ctx, kind, from)
	if err != nil {
		return 0, err
	}
	for rest := missing; len(rest) > 0; {
		part := rest[:min(batch, len(rest))]
		rest = rest[len(part):]
		jobs := make([]river.InsertManyParams, len(part))
		for i, install := range part {
			var after time.Duration
			if kind == kindCheck {
				after = slot(install, j.o.CheckEvery, j.o.Now())
			}
			jobs[i] = river.InsertManyParams{Args: args(install), InsertOpts: j.insertion(kind, after)}
		}
		if _, err := j.client.InsertMany(ctx, jobs); err != nil {
			return 0, err
		}
	}
	return len(missing), nil
}

// missing returns the installs without a live job of a kind.
func (j *Jobs) missing(ctx context.Context, kind, from string) ([]string, error) {
	column, only := "name", "card IS NOT NULL"
	if from == "segctl_connections" {
		column, only = "install", "NOT enabled AND customer <> ''" // what is for nobody, nobody asked to enable
	}
	rows, err := j.o.Pool.Query(ctx, `SELECT i.`+column+` FROM `+from+` i WHERE i.profile = $1 AND `+only+` AND NOT EXISTS (
		SELECT FROM `+j.table("river_job")+` r WHERE r.kind = $2 AND r.queue = $3 AND r.args->>'install' = i.`+column+`
		AND r.state IN ('available', 'pending', 'running', 'retryable', 'scheduled'))`,
		j.o.Store.Profile(), kind, queue(j.o.Store.Profile(), classOf(kind)))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

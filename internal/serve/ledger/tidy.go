package ledger

import (
	"context"
	"time"
)

const (
	keptEnded  = 24 * time.Hour
	keptEvents = 30 * 24 * time.Hour

	tidyBatch = 5000 // rows that one statement deletes, so that none holds its locks for long
)

// Tidy deletes what nobody needs any more: links and flows that ended a day ago, and events older than 30 days. It returns
// how many rows went. A flow whose code came and that has not ended stays with its link, however old it is: what became of
// its install is still to be said.
func (l *Ledger) Tidy(ctx context.Context) (int64, error) {
	pool, err := l.Pool(ctx)
	if err != nil {
		return 0, err
	}
	ended, old := l.now().Add(-keptEnded), l.now().Add(-keptEvents)
	var gone int64
	for _, part := range []struct {
		sql    string
		before time.Time
	}{
		{`DELETE FROM segctl_links WHERE profile = $1 AND hash IN (
			SELECT hash FROM segctl_links l WHERE profile = $1 AND coalesce(used_at, expires_at) < $2 AND NOT EXISTS (
				SELECT FROM segctl_flows f WHERE f.profile = $1 AND f.link = l.hash AND f.claimed_at IS NOT NULL AND f.status = '')
			LIMIT $3)`, ended},
		{`DELETE FROM segctl_flows WHERE profile = $1 AND hash IN (
			SELECT hash FROM segctl_flows WHERE profile = $1 AND coalesce(ended_at, expires_at) < $2
				AND (claimed_at IS NULL OR status <> '')
			LIMIT $3)`, ended},
		{`DELETE FROM segctl_events WHERE profile = $1 AND seq IN (
			SELECT seq FROM segctl_events WHERE profile = $1 AND time < $2 LIMIT $3)`, old},
	} {
		for {
			done, err := pool.Exec(ctx, part.sql, l.profile, part.before, tidyBatch)
			if err != nil {
				return gone, l.fault("delete", "what is old", err)
			}
			gone += done.RowsAffected()
			if done.RowsAffected() < tidyBatch {
				break
			}
		}
	}
	return gone, nil
}

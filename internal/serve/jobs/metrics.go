package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	vm "github.com/VictoriaMetrics/metrics"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/serve/ledger"
)

// metrics counts what the jobs do. No label names a customer or an install.
type metrics struct {
	set  *vm.Set
	late *vm.Counter

	mu    sync.Mutex
	rows  string    // of what is counted in the database
	until time.Time // they are good until then
}

const (
	// rowsAge is how long what was counted in the database is told again, at least: whoever asks more often costs nothing.
	rowsAge  = 15 * time.Second
	rowsTime = 2 * time.Second
)

func newMetrics() *metrics {
	set := vm.NewSet()
	return &metrics{set: set, late: set.NewCounter("segctl_refreshes_late_total")}
}

func (m *metrics) worked(kind, outcome string, took time.Duration) {
	m.set.GetOrCreateCounter(fmt.Sprintf("segctl_jobs_total{kind=%q,outcome=%q}", kind, outcome)).Inc()
	m.set.GetOrCreateHistogram(fmt.Sprintf("segctl_job_duration_seconds{kind=%q}", kind)).Update(took.Seconds())
}

func (m *metrics) event(t ledger.EventType) {
	m.set.GetOrCreateCounter(fmt.Sprintf("segctl_events_total{type=%q}", string(t))).Inc()
}

func (m *metrics) delivered(err error) {
	outcome := "delivered"
	if err != nil {
		outcome = "unreachable"
		if _, refused := errors.AsType[*statusError](err); refused {
			outcome = "refused"
		}
	}
	m.set.GetOrCreateCounter(fmt.Sprintf("segctl_webhooks_total{outcome=%q}", outcome)).Inc()
}

// WriteMetrics writes what the jobs count, and how many of them there are, in the text format of Prometheus.
func (j *Jobs) WriteMetrics(w io.Writer) {
	j.metrics.set.WritePrometheus(w)
	WritePool(w, "jobs", j.o.Pool)
	if j.o.River != j.o.Pool {
		WritePool(w, "river", j.o.River)
	}
	_, _ = io.WriteString(w, j.metrics.counted(j.count))
}

// WritePool writes how the connections of a pool are used.
func WritePool(w io.Writer, name string, pool *pgxpool.Pool) {
	s := pool.Stat()
	for _, one := range []struct {
		state string
		n     int32
	}{{"acquired", s.AcquiredConns()}, {"idle", s.IdleConns()}, {"max", s.MaxConns()}} {
		vm.WriteGaugeUint64(w, fmt.Sprintf("segctl_pool_connections{pool=%q,state=%q}", name, one.state), uint64(max(0, one.n)))
	}
	vm.WriteCounterUint64(w, fmt.Sprintf("segctl_pool_waits_total{pool=%q}", name), uint64(max(0, s.EmptyAcquireCount())))
}

// counted returns what count writes, or wrote a short while ago. What takes long is done less often.
func (m *metrics) counted(count func(ctx context.Context, w io.Writer) error) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	began := time.Now()
	if began.Before(m.until) {
		return m.rows
	}
	ctx, cancel := context.WithTimeout(context.Background(), rowsTime)
	defer cancel()
	var b strings.Builder
	if err := count(ctx, &b); err != nil {
		b.Reset() // what is not known is not told
	}
	m.rows = b.String()
	took := time.Since(began)
	m.until = began.Add(max(rowsAge, 100*took))
	return m.rows
}

// count writes how many jobs are in each state, by queue, and how many installs are of each health.
func (j *Jobs) count(ctx context.Context, w io.Writer) error {
	byQueue, queues := map[string]class{}, []string{}
	for c := range workers() {
		name := queue(j.o.Store.Profile(), c)
		byQueue[name] = c
		queues = append(queues, name)
	}
	rows, err := j.o.Pool.Query(ctx, `SELECT queue, state::text, count(*) FROM `+j.table("river_job")+`
		WHERE queue = ANY($1) AND state IN ('available', 'running', 'retryable', 'scheduled') GROUP BY 1, 2`, queues)
	if err != nil {
		return err
	}
	var name, state string
	var n uint64
	if _, err := pgx.ForEachRow(rows, []any{&name, &state, &n}, func() error {
		vm.WriteGaugeUint64(w, fmt.Sprintf("segctl_jobs{class=%q,state=%q}", string(byQueue[name]), state), n)
		return nil
	}); err != nil {
		return err
	}
	rows, err = j.o.Pool.Query(ctx, "SELECT health, count(*) FROM segctl_connections WHERE profile = $1 GROUP BY 1", j.o.Store.Profile())
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error {
		vm.WriteGaugeUint64(w, fmt.Sprintf("segctl_installs{health=%q}", name), n)
		return nil
	})
	return err
}

// table names one of River's tables.
func (j *Jobs) table(name string) string { return pgx.Identifier{j.schema, name}.Sanitize() }

package jobs

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"golang.org/x/time/rate"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// DefaultCheckEvery is how often it is looked how a destination is, where nothing is said.
const DefaultCheckEvery = 5 * time.Minute

// Options are what the jobs work with.
type Options struct {
	World  *account.World // of the settings; its installs are those of Store
	Store  *postgres.Store
	Ledger *ledger.Ledger
	Pool   *pgxpool.Pool // the jobs' own connections: requests do not wait for them, nor they for requests
	River  *pgxpool.Pool // River's own, so that jobs are fetched and ended however many are at work; nil: Pool
	Limit  *rate.Limiter // bounds the requests to Segment of this replica; nil is no bound

	CheckEvery time.Duration // 0 is DefaultCheckEvery
	TidyEvery  time.Duration // 0 is ten minutes

	WebhookURL string  // "" sends no webhooks; events are kept all the same
	Signer     *Signer // of webhooks

	Grace time.Duration // how long running jobs may go on after Stop; 0 is ten seconds
	Log   *slog.Logger  // nil logs nothing
	Now   func() time.Time
}

// Jobs are the jobs of one profile, as one replica works on them. It is a flow.Outbox.
type Jobs struct {
	o       Options
	client  *river.Client[pgx.Tx]
	schema  string // where River's tables are
	worlds  worlds
	metrics *metrics
	hooks   *receiver
	resume  atomic.Pointer[func(ctx context.Context, flow []byte) error]
}

// New returns jobs that nobody works on yet: they can be enqueued from now on. The errors are those of [CheckWebhookURL],
// and of the database.
func New(ctx context.Context, o Options) (*Jobs, error) {
	if o.CheckEvery <= 0 {
		o.CheckEvery = DefaultCheckEvery
	}
	if o.TidyEvery <= 0 {
		o.TidyEvery = 10 * time.Minute
	}
	if o.Grace <= 0 {
		o.Grace = 10 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.River == nil {
		o.River = o.Pool
	}
	if o.Signer == nil {
		o.Signer = new(Signer)
	}
	if o.WebhookURL != "" {
		if err := CheckWebhookURL(o.WebhookURL); err != nil {
			return nil, err
		}
	}
	j := &Jobs{o: o, hooks: newReceiver(o.WebhookURL)}
	j.worlds.current = o.World.Fleet(o.Limit)
	j.worlds.current.Timeout = answerTime
	j.worlds.read = time.Now()
	j.metrics = newMetrics()
	var err error
	if j.schema, err = riverSchema(ctx, o.Pool); err != nil {
		return nil, err
	}
	j.client, err = j.newClient()
	return j, err
}

// SetEngine says what brings a flow to its end. It is called before Start.
func (j *Jobs) SetEngine(resume func(ctx context.Context, flow []byte) error) {
	j.resume.Store(&resume)
}

// Start begins to work on the jobs. The end of ctx does not end it: Stop does.
func (j *Jobs) Start(ctx context.Context) error {
	if err := j.client.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	_, err := j.client.Insert(ctx, tidyArgs{}, j.insertion(kindTidy, 0))
	return err
}

// Stop takes on no more jobs, gives those that are running the time of [Options.Grace] to end, and interrupts them then:
// another replica takes them over at once. The error is that of a context that ended before.
func (j *Jobs) Stop(ctx context.Context) error {
	err := j.client.Stop(ctx)
	if err != nil {
		err = errors.Join(err, j.client.StopAndCancel(context.WithoutCancel(ctx)))
	}
	j.hooks.close()
	return err
}

const (
	// answerTime bounds the wait for one answer of Segment in a job, so that it is known before the job's own time is over.
	answerTime = 15 * time.Second
	// worldTime is how long credentials and entries of the catalog are taken for what they were.
	worldTime = 5 * time.Minute
	// refusedTime is the same where Segment has refused the credentials: somebody will give us better ones.
	refusedTime = 15 * time.Second
)

// worlds is the World of the jobs. It reads credentials and catalog anew once in a while.
type worlds struct {
	mu      sync.Mutex
	current *account.World
	read    time.Time
	refused bool
}

// get returns the World for a job.
func (w *worlds) get() *account.World {
	w.mu.Lock()
	defer w.mu.Unlock()
	limit := worldTime
	if w.refused {
		limit = refusedTime
	}
	if time.Since(w.read) > limit {
		w.current, w.read, w.refused = w.current.Anew(), time.Now(), false
	}
	return w.current
}

// doubt has the credentials read again soon.
func (w *worlds) doubt() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused = true
}

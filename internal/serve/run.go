package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	vm "github.com/VictoriaMetrics/metrics"
	"golang.org/x/time/rate"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/jobs"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// service is what runs.
type service struct {
	Options
	world  *account.World
	ledger *ledger.Ledger
	jobs   *jobs.Jobs
	engine *flow.Engine
}

// Run serves until ctx ends, and then ends what is going on within Options.Grace: no request is taken any more, those that
// were are answered, and jobs that do not end in time are given to other replicas. The errors are those of a start that is
// not complete, of [CheckSchema], and of the address to listen on.
func Run(ctx context.Context, o Options) error {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Grace <= 0 {
		o.Grace = DefaultGrace
	}
	certificate, err := o.certificate()
	if err != nil {
		return err
	}
	s, end, err := start(ctx, o)
	if err != nil {
		return err
	}
	defer end()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return problem.With(problem.ExitConflict, "listen on %s: %w", o.Addr, err).Hint("on another address", "serve", "--addr", ":8081")
	}
	defer listener.Close()
	if err := s.jobs.Start(ctx); err != nil {
		return err
	}
	return s.serve(ctx, listener, certificate)
}

// start makes all the parts of a service. end closes their connections.
func start(ctx context.Context, o Options) (s *service, end func(), err error) {
	requests, work, river := o.Store.Beside(requestConns), o.Store.Beside(jobConns), o.Store.Beside(riverConns)
	end = func() {
		requests.Close()
		work.Close()
		river.Close()
	}
	if s, err = connect(ctx, o, requests, work, river); err != nil {
		end()
		return nil, nil, err
	}
	return s, end, nil
}

// connect makes the parts on the connections of requests, of jobs and of River.
func connect(ctx context.Context, o Options, requests, work, river *postgres.Store) (*service, error) {
	if err := CheckSchema(ctx, requests); err != nil {
		return nil, err
	}
	world, err := o.World()
	if err != nil {
		return nil, err
	}
	s := &service{Options: o}
	s.Store, s.world = requests, world.On(requests)
	s.ledger = ledger.New(requests, o.Now)
	signer, err := jobs.NewSigner(o.WebhookSecrets)
	if err != nil {
		return nil, err
	}
	if o.WebhookURL != "" && len(o.WebhookSecrets) == 0 {
		return nil, problem.Usage("there is a webhook URL and no webhook secret: receivers could not tell events from forged ones").
			Hint("what is missing", "serve", "check")
	}
	world.Redactor.Learn(o.WebhookSecrets...)
	pool, err := work.Pool(ctx)
	if err != nil {
		return nil, err
	}
	rivers, err := river.Pool(ctx)
	if err != nil {
		return nil, err
	}
	s.jobs, err = jobs.New(ctx, jobs.Options{
		World: world.On(work), Store: work, Ledger: ledger.New(work, o.Now), Pool: pool, River: rivers, Limit: o.limit(),
		CheckEvery: o.CheckEvery, WebhookURL: o.WebhookURL, Signer: signer, Grace: o.Grace * 3 / 4, Log: o.Log, Now: o.Now,
	})
	if err != nil {
		return nil, err
	}
	s.engine, err = flow.New(flow.Options{
		World: func() *account.World { return s.world }, Store: requests, Ledger: s.ledger, Outbox: s.jobs, PublicURL: o.PublicURL,
		ReturnURLs: o.ReturnURLs, Sign: signer.Sign, Log: o.Log, Now: o.Now,
	})
	if err != nil {
		return nil, err
	}
	s.jobs.SetEngine(s.engine.Resume)
	return s, nil
}

// limit bounds the requests to Segment of all installs together.
func (o Options) limit() *rate.Limiter {
	if o.Rate <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(o.Rate/60), 1)
}

// serve answers requests until ctx ends, and then stops gracefully.
func (s *service) serve(ctx context.Context, listener net.Listener, certificate *certificate) error {
	server := s.server()
	listen := server.Serve
	if certificate != nil {
		server.TLSConfig = &tls.Config{GetCertificate: certificate.get, MinVersion: tls.VersionTLS12}
		listen = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	broken := make(chan error, 1)
	go func() { broken <- listen(listener) }()
	s.Log.InfoContext(ctx, "serving", "addr", listener.Addr().String(), "public_url", s.PublicURL, "version", s.Version)
	if s.Listening != nil {
		s.Listening(listener.Addr().String())
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-broken:
	}
	s.Log.InfoContext(ctx, "stopping", "grace", s.Grace.String())
	return errors.Join(err, s.stop(ctx, server))
}

// stop ends requests and jobs side by side. What is not ended in time is cut, and that is no error: another replica goes on
// with it.
func (s *service) stop(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Grace)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.jobs.Stop(ctx) }()
	if err := server.Shutdown(ctx); err != nil {
		_ = server.Close()
		s.Log.WarnContext(ctx, "requests were cut at the end of the grace period")
	}
	if err := <-ended; err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop the jobs: %w", err)
	}
	s.Log.InfoContext(ctx, "stopped")
	return nil
}

// ready returns why the service cannot work: the database, its schema, or the keys of its seals.
func (s *service) ready(ctx context.Context) error {
	if err := CheckSchema(ctx, s.Store); err != nil {
		return err
	}
	return checkKeys(s.Store.Keys())
}

// writeMetrics writes all the metrics in the text format of Prometheus.
func (s *service) writeMetrics(w io.Writer) {
	s.jobs.WriteMetrics(w)
	if pool, err := s.Store.Pool(context.Background()); err == nil {
		jobs.WritePool(w, "requests", pool)
	}
	vm.WriteProcessMetrics(w)
}

package serve

import (
	"context"
	"net/http"

	"github.com/segctl/segctl/internal/serve/web"
)

// server returns the web server of the service.
func (s *service) server() *http.Server {
	var redeliver func(ctx context.Context, id string) error
	if s.WebhookURL != "" {
		redeliver = s.jobs.Redeliver
	}
	return web.Server(web.New(web.Options{
		Engine: s.engine, Ledger: s.ledger, Store: s.Store, Redeliver: redeliver, Ready: s.ready, Metrics: s.writeMetrics,
		PublicURL: s.PublicURL, TrustProxy: s.TrustProxy, Name: s.Name, Logo: s.Logo, Log: s.Log, Now: s.Now, Redactor: s.world.Redactor,
	}), s.Log)
}

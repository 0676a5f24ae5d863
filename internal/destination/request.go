package destination

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/segctl/segctl/internal/segment"
)

// DryRun is the request that a plan would send. Its JSON names are promised.
type DryRun struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Body   json.RawMessage `json:"body"`

	Notes []string `json:"-"`
}

// Request returns the request that Apply would send, and sends nothing that changes anything. The secrets in it are
// masked, unless reveal is set. The errors are those of Apply.
func (p *Plan) Request(ctx context.Context, verb Verb, reveal bool) (DryRun, error) {
	s, err := p.decide(ctx, verb)
	if err != nil {
		return DryRun{Notes: p.notes}, err
	}
	if !reveal {
		s.body.Config = slices.Clone(s.body.Config)
		for i, entry := range s.body.Config {
			s.body.Config[i].Value = maskEntry(entry, entry.Value, p.judges())
		}
	}
	build := segment.UpdateRequest
	if s.create {
		build = segment.CreateRequest
	}
	r, err := build(p.name, s.body)
	if err != nil {
		return DryRun{Notes: p.notes}, err
	}
	return DryRun{Method: r.Method, Path: "/v1beta/" + r.Path, Body: r.Body, Notes: p.notes}, nil
}

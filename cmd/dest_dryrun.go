package cmd

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

// dryRunView is what --dry-run prints; its JSON names are promised.
type dryRunView struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Body   json.RawMessage `json:"body"`
}

// printRequest is --dry-run: the request that build makes of the body, with secrets masked.
func (a *App) printRequest(ctx context.Context, p *destPlan, body segment.DestinationBody, build func(segment.Name, segment.DestinationBody) (*segment.Request, error)) error {
	body.Config = slices.Clone(body.Config)
	for i, entry := range body.Config {
		name := segment.SettingOf(entry.Name)
		if a.flags.showSecrets || !segment.IsSecret(name, p.setting(name).Type) || isNone(entry.Value) {
			continue
		}
		masked, err := json.Marshal(output.Mask(segment.FormatValue(entry.Value)))
		if err != nil {
			return err
		}
		body.Config[i].Value = masked
	}
	r, err := build(p.name, body)
	if err != nil {
		return err
	}
	a.say("Nothing is changed; this would be the request.")
	v := dryRunView{r.Method, "/v1beta/" + r.Path, r.Body}
	return a.print(ctx, v, func() output.Table {
		return output.Table{Rows: [][]string{{"method", v.Method}, {"path", v.Path}, {"body", string(v.Body)}}}
	})
}

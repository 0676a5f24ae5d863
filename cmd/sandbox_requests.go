package cmd

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
)

// sandboxRequest is one entry of a sandbox's request log.
type sandboxRequest struct {
	Time    time.Time `json:"time"`
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	Status  int       `json:"status"`
	Install string    `json:"install"`
}

func newSandboxRequests(app *App) *cobra.Command {
	var follow bool
	c := &cobra.Command{
		Use:   "requests",
		Short: "Show which requests a running sandbox has answered",
		Long: `Requests shows the last 1000 requests that a running sandbox has answered, oldest first;
status 0 is a connection that a fault cut. With --follow it goes on with each new one until the
sandbox stops, and --jq and --template then work on one request at a time.`,
		Example: `  segctl sandbox requests
  segctl sandbox requests --follow
  segctl sandbox requests -o json --jq 'map(select(.path | endswith("/token"))) | length'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if follow {
				return app.followRequests(c.Context())
			}
			return showAdmin(c.Context(), app, adminCall{Method: http.MethodGet, Path: "/requests", Member: "requests"}, requestTable)
		},
	}
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on with each new request")
	return c
}

func requestTable(requests []sandboxRequest) output.Table {
	t := output.Table{Header: []string{"time", "method", "path", "status", "install"}}
	for _, r := range requests {
		t.Rows = append(t.Rows, []string{r.Time.Format(time.RFC3339Nano), r.Method, r.Path, strconv.Itoa(r.Status), r.Install})
	}
	return t
}

// followRequests prints each request as it comes. A table's columns cannot be known beforehand, so its rows are TSV.
func (a *App) followRequests(ctx context.Context) error {
	resp, err := a.sandboxStream(ctx, adminCall{Method: http.MethodGet, Path: "/requests?follow"}, a.Transport)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	p, err := a.printer()
	if err != nil {
		return err
	}
	if p.Effective() == output.FormatTable {
		p.Format = output.FormatTSV
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, maxAdminAnswer)
	for lines.Scan() {
		var r sandboxRequest
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return &sandboxError{URL: a.settings.Get(config.APIURL), Err: err}
		}
		err := p.Print(ctx, json.RawMessage(lines.Bytes()), func() output.Table { return requestTable([]sandboxRequest{r}) })
		if err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil && ctx.Err() == nil {
		return &sandboxError{URL: a.settings.Get(config.APIURL), Err: err}
	}
	return ctx.Err()
}

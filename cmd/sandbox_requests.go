package cmd

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/secret"
)

func newSandboxRequests(app *App) *cobra.Command {
	var follow bool
	c := &cobra.Command{
		Use:   "requests",
		Short: "Show which requests a running sandbox has answered",
		Long: `Requests shows the last 1000 requests that a running sandbox has answered, oldest first;
status 0 is a connection that a fault cut, and CONNECT a host that was refused. Codes, states,
challenges and other secrets are masked in queries, headers and bodies. With --follow it goes on with each new one until the
sandbox stops, and --jq and --template then work on one request at a time.
On a terminal its lines have the time, the status ("cut" for a connection that a fault cut), the
method, the path, the install, and the kind of the fault that hit.`,
		Example: `  segctl sandbox requests
  segctl sandbox requests --follow
  segctl sandbox requests -o json --jq 'map(select(.query | strings | contains("code_challenge_method=S256"))) | length'
  segctl sandbox requests -o json --jq 'map(select(.path | endswith("/token"))) | length'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if follow {
				return app.followRequests(c.Context())
			}
			return showSandbox(c, app, (*sandbox.Admin).Requests, requestTable)
		},
	}
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on with each new request")
	return c
}

// followRequests prints each request as it comes: on a terminal a line with the long parts last, for the width of a
// table's columns cannot be known beforehand.
func (a *App) followRequests(ctx context.Context) error {
	admin, err := a.sandboxAdmin()
	if err != nil {
		return err
	}
	p, err := a.printer()
	if err != nil {
		return err
	}
	return admin.Follow(ctx, func(r sandbox.Request) error {
		if p.Effective() == output.FormatTable {
			_, err := fmt.Fprintln(a.Out, requestLine(r))
			return err
		}
		return printable(p.Print(ctx, r, func() output.Table { return requestTable([]sandbox.Request{r}) }))
	})
}

// requestLine is a request as a person reads it while it happens.
func requestLine(r sandbox.Request) string {
	status := strconv.Itoa(r.Status)
	if r.Status == 0 {
		status = "cut"
	}
	line := fmt.Sprintf("%s  %3s  %-6s  %s", r.Time.Format("15:04:05.000"), status, r.Method, r.Path)
	for _, more := range []string{r.Install, r.Fault} {
		if more != "" {
			line += "  " + more
		}
	}
	return secret.Clean(line)
}

func requestTable(requests []sandbox.Request) output.Table {
	t := output.Table{Header: []string{"time", "method", "path", "status", "install", "host", "query"}}
	for _, r := range requests {
		t.Rows = append(t.Rows, []string{r.Time.Format(time.RFC3339Nano), r.Method, r.Path, strconv.Itoa(r.Status), r.Install, r.Host, r.Query})
	}
	return t
}

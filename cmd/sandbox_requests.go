package cmd

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
)

// sandboxRequest is one entry of a sandbox's request log.
type sandboxRequest struct {
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Status int       `json:"status"`
}

func newSandboxRequests(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "requests",
		Short: "Show which requests a running sandbox has answered",
		Example: `  segctl sandbox requests
  segctl sandbox requests -o json --jq 'map(select(.path | endswith("/token"))) | length'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			answer, err := app.sandboxAdmin(c.Context(), http.MethodGet, "/requests", nil)
			if err != nil {
				return err
			}
			var log struct {
				Requests json.RawMessage `json:"requests"`
			}
			if err := json.Unmarshal(answer, &log); err != nil {
				return err
			}
			return app.print(c.Context(), log.Requests, func() output.Table {
				var requests []sandboxRequest
				_ = json.Unmarshal(log.Requests, &requests) // the same bytes, read by the columns' names
				t := output.Table{Header: []string{"time", "method", "path", "status"}}
				for _, r := range requests {
					t.Rows = append(t.Rows, []string{r.Time.Format(time.RFC3339Nano), r.Method, r.Path, strconv.Itoa(r.Status)})
				}
				return t
			})
		},
	}
}

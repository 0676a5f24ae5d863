package cmd

import (
	"net/http"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/problem"
)

// The documents show the list of workspaces as a page, and as one bare workspace.
func TestWorkspaceListTakesBothShapes(t *testing.T) {
	t.Parallel()
	const workspace = `{"name":"workspaces/w","display_name":"W","id":"3c9f01b7a2","create_time":"2018-08-08T13:24:02.651Z"}`
	for name, body := range map[string]string{
		"a page":        `{"workspaces":[` + workspace + `],"next_page_token":""}`,
		"one workspace": workspace,
	} {
		for line, want := range map[string]string{
			"workspace list":                       "w\tW\t3c9f01b7a2\tworkspaces/w\n",
			"workspace list --jq .[0].create_time": "2018-08-08T13:24:02.651Z\n",
			"api workspaces --paginate":            body + "\n",
		} {
			exit, stdout, stderr := runAgainst(t, http.StatusOK, body, strings.Fields(line)...)
			if exit != problem.ExitOK || stdout != want {
				t.Errorf("%s: %s: exit %d, %q\n%s", name, line, exit, stdout, stderr)
			}
		}
	}
	exit, stdout, stderr := runAgainst(t, http.StatusOK, `{"workspaces":[],"next_page_token":""}`, "workspace", "list")
	if exit != problem.ExitOK || stdout != "" || !strings.Contains(stderr, "sees no workspace") {
		t.Errorf("exit %d, %q\n%s", exit, stdout, stderr)
	}
}

package cmd

import (
	"net/http"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/problem"
)

const catalogPage = `{"destinations":[
 {"name":"catalog/destinations/a","display_name":"A","description":"Sends mail","categories":{"primary":"Email Marketing","secondary":"","additional":["CRM"]}},
 {"name":"catalog/destinations/b","display_name":"B","categories":{"primary":"Analytics","secondary":"Attribution","additional":[]},"components":[{"type":"WEB"},{"type":"CLOUD"}],"status":"PUBLIC"}
],"next_page_token":""}`

func TestCatalogListFilters(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                              "a\tA\t\t\tEmail Marketing, CRM\nb\tB\tWEB CLOUD\tPUBLIC\tAnalytics, Attribution\n",
		"--category crm":                "a\tA\t\t\tEmail Marketing, CRM\n",
		"--category attribution":        "b\tB\tWEB CLOUD\tPUBLIC\tAnalytics, Attribution\n",
		"--search MAIL":                 "a\tA\t\t\tEmail Marketing, CRM\n",
		"--search mail --category crm":  "a\tA\t\t\tEmail Marketing, CRM\n",
		"--search b --category crm":     "",
		"--category crm --jq .[].name":  "catalog/destinations/a\n",
		"--jq .[1].components[0].type":  "WEB\n",
		"--search nosuch --output json": "[]\n",
	}
	for flags, want := range tests {
		exit, stdout, stderr := runAgainst(t, http.StatusOK, catalogPage, append([]string{"catalog", "list"}, strings.Fields(flags)...)...)
		if exit != problem.ExitOK || stdout != want {
			t.Errorf("%s: exit %d, %q\n%s", flags, exit, stdout, stderr)
		}
	}
	exit, stdout, stderr := runAgainst(t, http.StatusOK, catalogPage, "catalog", "list", "--category", "Analitics")
	if exit != problem.ExitUsage || stdout != "" || !strings.Contains(stderr, "hint: segctl catalog list --category Analytics   # did you mean this one?") {
		t.Errorf("exit %d, %q\n%s", exit, stdout, stderr)
	}
}

func TestCatalogGetShowsNestedSettings(t *testing.T) {
	t.Parallel()
	const entry = `{"name":"catalog/destinations/a","settings":[
	 {"name":"hooks","type":"MIXED","description":"Where to","settings":[{"name":"url","display_name":"URL","type":"STRING","required":true,"string_validators":{"regexp":"^https:"}}]},
	 {"name":"old","type":"NUMBER","deprecated":true,"number_validators":{"min":0,"max":0}}]}`
	const want = "hooks\tMIXED\tfalse\t\tWhere to\nhooks.url\tSTRING\ttrue\tmatches ^https:\tURL\nold\tNUMBER\tfalse\t\t(deprecated)\n"
	if exit, stdout, stderr := runAgainst(t, http.StatusOK, entry, "catalog", "get", "a"); exit != problem.ExitOK || stdout != want {
		t.Errorf("exit %d, %q\n%s", exit, stdout, stderr)
	}
	exit, stdout, stderr := runAgainst(t, http.StatusOK, `{"name":"catalog/destinations/a","display_name":"A"}`, "catalog", "get", "a")
	if exit != problem.ExitOK || stdout != "" || !strings.Contains(stderr, "A takes no settings.") {
		t.Errorf("exit %d, %q\n%s", exit, stdout, stderr)
	}
}

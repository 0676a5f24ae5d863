package sandbox

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// dashboardText is the page of an address, with entities as characters.
func dashboardText(t *testing.T, s *Server, address string) string {
	t.Helper()
	w := serve(s, httptest.NewRequest(http.MethodGet, address, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", address, w.Code, w.Body)
	}
	return html.UnescapeString(w.Body.String())
}

func wantTexts(t *testing.T, page string, want []string, not ...string) {
	t.Helper()
	for _, text := range want {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not show %q", text)
		}
	}
	for _, text := range not {
		if strings.Contains(page, text) {
			t.Errorf("the page shows %q", text)
		}
	}
}

// The links and forms of the page lead to each part of a fleet, and no page grows with it.
func TestDashboardOfAFleet(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{Customers: 1000, Enabled: 80})
	manyDestinations(s, 300)
	first := dashboardText(t, s, "/")
	wantTexts(t, first, []string{
		"1002 · 1003 sources · 1100 destinations", "1–20 of 1002", "Customer 0018", "1000 installs", "1–20 of 1000",
		"d-019", `<a href="/?source=workspaces%2Facme%2Fsources%2Fjs#workspaces">`, `<a href="/?page=2#workspaces">Next</a>`,
	}, "Customer 0019", "d-020", `<details id="workspaces/acme/sources/js" class="source" open>`)
	if len(first) > 60<<10 {
		t.Errorf("it has %d bytes", len(first))
	}
	wantTexts(t, dashboardText(t, s, "/?page=2"), []string{"Customer 0019", "Customer 0038", `<a href="/?page=1#workspaces">Previous</a>`}, "Customer 0018", "Customer 0039")
	wantTexts(t, dashboardText(t, s, "/?page=9999"), []string{"Customer 1000", "1001–1002 of 1002"}, `#workspaces">Next`)
	wantTexts(t, dashboardText(t, s, "/?q=CUSTOMER-0777"), []string{"Customer 0777"}, "Customer 0776", "Acme")
	wantTexts(t, dashboardText(t, s, "/?q=destination+299"), []string{"d-299", "workspaces/acme", `<details id="workspaces/acme/sources/js" class="source" open>`}, "d-298", "Customer", "sources/ios")
	wantTexts(t, dashboardText(t, s, "/?q=nosuch"), []string{"No such workspace"})
	source := "/?source=workspaces/acme/sources/js"
	wantTexts(t, dashboardText(t, s, source), []string{"d-000", "d-099", "1–100 of 300", `<a href="/?page=2&source=workspaces%2Facme%2Fsources%2Fjs#workspaces">Next</a>`}, "d-100", "Customer", "sources/ios")
	wantTexts(t, dashboardText(t, s, source+"&page=3"), []string{"d-200", "d-299"}, "d-199")
	wantTexts(t, dashboardText(t, s, source+"&q=d-27"), []string{"d-270", "d-279"}, "d-269")
	wantTexts(t, dashboardText(t, s, "/?source=workspaces/acme/sources/gone"), []string{"There is no source"})
	wantTexts(t, dashboardText(t, s, "/?installs=customer-0777"), []string{"installs/777"}, "installs/776")
	wantTexts(t, dashboardText(t, s, "/?installs_page=2"), []string{"installs/21", "installs/40"}, `"installs/41"`, `"installs/20"`)
}

// With many sources that have many destinations each, a page has some of all and says where the others are.
func TestDashboardPageIsBounded(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	var changes []change
	for i := range 300 {
		src := newSource(fmt.Sprintf("workspaces/acme/sources/s%03d", i), "catalog/sources/net", s.now())
		changes = append(changes, change{src.Name, src})
		for j := range 30 {
			name := fmt.Sprintf("%s/destinations/d%d", src.Name, j)
			changes = append(changes, change{name, &destination{
				Name: name, DisplayName: "D", Config: []configEntry{{Name: name + "/config/x", Value: []byte(`"` + strings.Repeat("long ", 10_000) + `"`)}},
			}})
		}
	}
	s.store.apply(changes)
	page := dashboardText(t, s, "/")
	wantTexts(t, page, []string{"s000", "s190", "30 destinations", "more sources: find them by name"}, "s250")
	if n := strings.Count(page, `class="destination"`); n != pageDestinations || len(page) > 400<<10 {
		t.Errorf("%d destinations in %d bytes", n, len(page))
	}
}

// Rows open, close and are filtered by address alone.
func TestDashboardLog(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	for range 60 {
		api(s, workspaceToken, "GET", "/v1beta/workspaces/acme", "")
	}
	api(s, "canary", "PATCH", "/v1beta/workspaces/Nosuch?code=canary&page_size=3", `{"secret":"canary","a":"shown"}`)
	api(s, workspaceToken, "GET", "/v1beta/workspaces/nosuch", "")
	if _, err := s.AddFault(Fault{Kind: faultDrop}); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() { _ = recover() }() // the cut connection
		api(s, workspaceToken, "GET", "/v1beta/cut", "")
	}()
	rows := func(address string) string {
		var numbers []string
		for _, m := range regexp.MustCompile(`<tr id="r(\d+)">`).FindAllStringSubmatch(dashboardText(t, s, address), -1) {
			numbers = append(numbers, m[1])
		}
		return strings.Join(numbers, " ")
	}
	for query, want := range map[string]string{
		"method=patch":                       "61",
		"path=NOSUCH":                        "62 61",
		"path=nosuch&method=GET":             "62",
		"status=404":                         "62",
		"status=4xx":                         "62 61",
		"status=4":                           "62 61",
		"status=cut":                         "63",
		"status=nosuch":                      "",
		"install=7":                          "",
		"method=GET&before=3":                "2 1",
		"before=62&path=nosuch":              "61",
		"path=acme&open=5&before=4":          "3 2 1",
		"path=workspaces&method=GET&open=99": rows("/?path=workspaces&method=GET"),
	} {
		if got := rows("/?" + query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if all := strings.Fields(rows("/")); len(all) != dashboardRequests || all[0] != "63" || all[49] != "14" {
		t.Errorf("%v", all)
	}
	wantTexts(t, dashboardText(t, s, "/?path=acme"), []string{"60 of 63", `<a href="/?before=11&path=acme#requests">Older</a>`})
	if got := rows("/?path=acme&before=11"); got != "10 9 8 7 6 5 4 3 2 1" {
		t.Error(got)
	}
	if open := strings.Fields(rows("/?open=5")); len(open) != dashboardRequests+1 || open[50] != "5" {
		t.Errorf("an open row is not kept: %v", open)
	}
	page := dashboardText(t, s, "/?method=PATCH&open=61")
	wantTexts(t, page, []string{
		"Bearer " + masked, "code=" + masked + "&page_size=3", `{"a":"shown","secret":"` + masked + `"}`, `"error"`, "<option selected>PATCH",
		`<a href="/?method=PATCH#r61" aria-expanded="true">`, "application/json",
	}, "canary", "Older")
	wantTexts(t, dashboardText(t, s, "/?method=PATCH"), []string{`<a href="/?method=PATCH&open=61#r61" aria-expanded="false">`}, "page_size")
	many := "/?"
	for n := range 100 {
		many += "open=" + strconv.Itoa(100-n) + "&"
	}
	if open := strings.Count(dashboardText(t, s, many), `class="more"`); open != maxOpen {
		t.Errorf("%d rows are open", open)
	}
}

// Requests of the demo's install are found by its name and by its number.
func TestDashboardLogOfAnInstall(t *testing.T) {
	t.Parallel()
	s := auto(t)
	in := installed(t, s, "destination/clearbrain")
	api(s, in.AccessToken, "GET", clearbrainPath, "")
	for _, install := range []string{"1", "installs/1"} {
		wantTexts(t, dashboardText(t, s, "/?install="+install), []string{"2 of 3", clearbrainPath}, ">/oauth2/auth</a>")
	}
	wantTexts(t, dashboardText(t, s, "/?install=2"), []string{"0 of 3", "No request is like that"})
}

// The forms keep what the page shows, and lead nowhere else.
func TestDashboardFormsKeepTheView(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	post := func(form string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/_sandbox/faults", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return serve(s, r)
	}
	view := url.QueryEscape("path=a b&open=3&else=1")
	if w := post("kind=delay&delay_ms=1&probability=0.5&seed=18446744073709551615&view=" + view); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/?open=3&path=a+b" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	if f := s.Faults()[0]; f.Probability != 0.5 || f.Seed != 1<<64-1 {
		t.Errorf("%+v", f)
	}
	for _, wrong := range []string{"probability=often", "probability=NaN", "probability=2", "probability=0.5&seed=-1", "seed=1.5", "seed=3"} {
		if w := post("kind=delay&delay_ms=1&" + wrong); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), strings.Split(wrong, "=")[0]) && !strings.Contains(w.Body.String(), "seed") {
			t.Errorf("%s: %d %s", wrong, w.Code, w.Body)
		}
	}
	if len(s.Faults()) != 1 {
		t.Errorf("%+v", s.Faults())
	}
	wantTexts(t, dashboardText(t, s, "/?path=x"), []string{
		`<input type="hidden" name="view" value="path=x">`, `<input type="hidden" name="path" value="x">`, "probability 0.5 seed 18446744073709551615",
	})
}

// The page hides what the command line hides, case by case.
func TestDashboardPageJudgesTheCases(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../secret/testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		configEntry
		Hides []string `json:"hides"`
		Shows []string `json:"shows"`
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	s := newAPI(t)
	const name = "workspaces/acme/sources/js/destinations/x"
	for _, c := range cases {
		c.Name = name + "/config/" + c.Name
		s.store.apply([]change{{name, &destination{Name: name, Config: []configEntry{c.configEntry}}}})
		_, shown, _ := strings.Cut(dashboardText(t, s, "/?source=workspaces/acme/sources/js"), `id="`+name+`"`)
		shown, _, _ = strings.Cut(shown, "</dl>")
		for _, text := range c.Hides {
			if strings.Contains(shown, text) {
				t.Errorf("%s shows %q: %s", c.Name, text, shown)
			}
		}
		for _, text := range c.Shows {
			if !strings.Contains(shown, text) && !strings.Contains(shown, strings.Trim(strconv.Quote(text), `"`)) {
				t.Errorf("%s hides %q: %s", c.Name, text, shown)
			}
		}
	}
}

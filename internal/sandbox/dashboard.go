package sandbox

import (
	"net/http"
	"slices"
)

// dashboardPage is the whole state as a person wants to see it, without secrets.
type dashboardPage struct {
	Now        string
	Apps       []dashboardApp
	Workspaces []dashboardWorkspace
	Quirks     []Quirk
	Faults     []Fault
	FaultKinds []string
	Counters   Counters
	Refreshes  int
	Requests   []Request // newest first
}

type dashboardApp struct {
	Name, DisplayName, Scope, ClientID string
	RedirectURLs                       []string
	Installs                           []dashboardInstall
}

type dashboardInstall struct {
	Name, On, Token string // whether its token works
	Refreshes       int
}

type dashboardWorkspace struct {
	DisplayName, Name string
	Sources           []dashboardSource
}

type dashboardSource struct {
	Slug, Catalog string
	Destinations  []dashboardDestination
}

type dashboardDestination struct {
	DisplayName, Slug, Mode string
	Enabled                 bool
	Config                  []dashboardSetting
}

type dashboardSetting struct{ Name, Value string }

// dashboardRequests is how many lines of the log the page begins with.
const dashboardRequests = 50

func (s *Server) serveDashboard(x *exchange) {
	if x.r.Method != http.MethodGet && x.r.Method != http.MethodHead {
		x.header.Set("Allow", "GET")
		(&apiError{http.StatusMethodNotAllowed, 12, "method not allowed"}).write(x)
		return
	}
	data := dashboardPage{
		Now: s.now().UTC().Format("2006-01-02 15:04:05 UTC"), Quirks: s.presentQuirks(),
		Faults: s.Faults(), FaultKinds: faultKinds(), Counters: s.Counters(),
	}
	for _, n := range data.Counters.Refreshes {
		data.Refreshes += n
	}
	requests := s.Requests()
	slices.Reverse(requests)
	data.Requests = requests[:min(len(requests), dashboardRequests)]
	_ = s.store.view(func(t *tx) error {
		for _, a := range list[*app](t, "apps") {
			data.Apps = append(data.Apps, s.dashboardApp(t, a, data.Counters))
		}
		for _, w := range list[*workspace](t, "workspaces") {
			shown := dashboardWorkspace{DisplayName: w.DisplayName, Name: w.Name}
			for _, src := range list[*source](t, w.Name+"/sources") {
				shown.Sources = append(shown.Sources, newDashboardSource(t, src))
			}
			data.Workspaces = append(data.Workspaces, shown)
		}
		return nil
	})
	s.page(x, http.StatusOK, "dashboard.html", data, "")
}

func (s *Server) dashboardApp(t *tx, a *app, count Counters) dashboardApp {
	shown := dashboardApp{
		Name: a.Name, DisplayName: a.DisplayName, Scope: a.Scope, ClientID: a.ClientID, RedirectURLs: a.RedirectURLs,
	}
	for _, in := range list[*install](t, "installs") {
		if in.App != a.Name {
			continue
		}
		row := dashboardInstall{Name: in.Name, On: in.Workspace, Token: "revoked", Refreshes: count.Refreshes[in.Name]}
		if in.Source != "" {
			row.On = in.Source
		}
		if tok, ok := get[*token](t, "tokens/"+in.Token); ok {
			row.Token = "works until " + tok.Expires.UTC().Format("15:04:05")
			if tok.expired(s.now()) {
				row.Token = "expired"
			}
		}
		shown.Installs = append(shown.Installs, row)
	}
	return shown
}

func newDashboardSource(t *tx, src *source) dashboardSource {
	shown := dashboardSource{Slug: lastWord(src.Name), Catalog: lastWord(src.CatalogName)}
	for _, d := range list[*destination](t, src.Name+"/destinations") {
		row := dashboardDestination{DisplayName: d.DisplayName, Slug: lastWord(d.Name), Mode: d.ConnectionMode, Enabled: d.Enabled}
		for _, e := range d.Config {
			row.Config = append(row.Config, dashboardSetting{lastWord(e.Name), settingForPage(e)})
		}
		shown.Destinations = append(shown.Destinations, row)
	}
	return shown
}

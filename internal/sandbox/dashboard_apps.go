package sandbox

import "time"

const (
	// dashboardApps is how many Apps are on a page: the oldest.
	dashboardApps = 20
	// dashboardInstalls is how many installs of an App are on a page.
	dashboardInstalls = 20
)

// dashboardAppList are the Apps that a page shows.
type dashboardAppList struct {
	Apps     []dashboardApp
	More     int // Apps that are not shown
	Installs int // of all Apps
}

type dashboardApp struct {
	*app

	Installs []dashboardInstall
	Pages    paged
}

type dashboardInstall struct {
	Name, On, Token string // whether its token works
	Works           bool
	Refreshes       int
}

// dashboardAppsOf finds what a view asks for.
func (s *Server) dashboardAppsOf(t *tx, v dashboardView, count Counters) dashboardAppList {
	var shown dashboardAppList
	sought, now := newMatcher(v.Get(viewInstalls)), s.now()
	byApp := map[string][]*install{}
	for _, in := range list[*install](t, "installs") {
		shown.Installs++
		if sought.in(in.Name, in.Workspace, in.Source) {
			byApp[in.App] = append(byApp[in.App], in)
		}
	}
	for _, a := range list[*app](t, "apps") {
		if len(shown.Apps) == dashboardApps {
			shown.More++
			continue
		}
		row := dashboardApp{app: a}
		var from, to int
		row.Pages, from, to = newPaged(v, viewInstallsPage, "#apps", len(byApp[a.Name]), dashboardInstalls)
		for _, in := range byApp[a.Name][from:to] {
			row.Installs = append(row.Installs, newDashboardInstall(t, in, now, count.Refreshes[in.Name]))
		}
		shown.Apps = append(shown.Apps, row)
	}
	return shown
}

func newDashboardInstall(t *tx, in *install, now time.Time, refreshes int) dashboardInstall {
	row := dashboardInstall{Name: in.Name, On: in.Workspace, Token: "revoked", Refreshes: refreshes}
	if in.Source != "" {
		row.On = in.Source
	}
	if tok, ok := get[*token](t, "tokens/"+in.Token); ok {
		row.Token, row.Works = "works until "+tok.Expires.UTC().Format("15:04:05"), true
		if tok.expired(now) {
			row.Token, row.Works = "expired", false
		}
	}
	return row
}

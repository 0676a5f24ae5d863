package sandbox

import "net/http"

// dashboardPage is the state as a person wants to see it, as far as a view goes, without secrets.
type dashboardPage struct {
	Now        string
	View       dashboardView
	Places     dashboardPlaces
	Apps       dashboardAppList
	Log        dashboardLog
	Quirks     []Quirk
	Faults     []Fault
	FaultKinds []string
	Counters   Counters
	Refreshes  int
}

// serveDashboard answers with the view that the query asks for. Its script asks for the same page again when something
// changed, and takes over what is different.
func (s *Server) serveDashboard(x *exchange) {
	if x.r.Method != http.MethodGet && x.r.Method != http.MethodHead {
		x.header.Set("Allow", "GET")
		(&apiError{http.StatusMethodNotAllowed, 12, "method not allowed"}).write(x)
		return
	}
	data := dashboardPage{
		Now: s.dashboardTime(), View: newDashboardView(x.r.URL.Query()), Quirks: s.presentQuirks(),
		Faults: s.Faults(), FaultKinds: faultKinds(), Counters: s.Counters(),
	}
	for _, n := range data.Counters.Refreshes {
		data.Refreshes += n
	}
	data.Log = s.dashboardLog(data.View)
	_ = s.store.view(func(t *tx) error {
		data.Places = dashboardPlacesOf(t, data.View)
		data.Apps = s.dashboardAppsOf(t, data.View, data.Counters)
		return nil
	})
	s.page(x, http.StatusOK, "dashboard.html", data, "")
}

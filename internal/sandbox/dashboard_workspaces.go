package sandbox

const (
	// dashboardWorkspaces is how many workspaces are on a page.
	dashboardWorkspaces = 20
	// sourceDestinations is how many destinations of a source are beside those of others.
	sourceDestinations = 20
	// pageDestinations is how many destinations are on a page of one source, and on a page of workspaces altogether.
	pageDestinations = 100
	// pageSources is how many sources are on a page of workspaces.
	pageSources = 200
	// openDestinations is how many a source has at most that is open at first.
	openDestinations = 10
	// maxShownValue is how much of a setting is shown, in bytes.
	maxShownValue = 1 << 10
)

// dashboardPlaces are the workspaces that a page shows, or the one source.
type dashboardPlaces struct {
	Workspaces   []dashboardWorkspace
	Pages        paged
	Source       string // name of the only source
	Gone         bool   // there is no such source
	All          string // address of all workspaces
	Total        int    // workspaces
	Sources      int    // in all of them
	Destinations int
}

type dashboardWorkspace struct {
	DisplayName, Name string
	Sources           []dashboardSource
	More              int // sources that are not shown
}

type dashboardSource struct {
	Name, Slug, Catalog string
	Destinations        []dashboardDestination
	Total               int    // destinations, as far as they are sought
	All                 string // address of all of them, "" where these are all
	Open                bool
}

// dashboardDestination makes its settings when the page is written: that takes time, in which the state can change.
type dashboardDestination struct{ *destination }

type dashboardSetting struct{ Name, Value string }

// Slug is the last word of its name.
func (d dashboardDestination) Slug() string { return lastWord(d.Name) }

// Settings are its settings without secrets.
func (d dashboardDestination) Settings() []dashboardSetting {
	shown := make([]dashboardSetting, len(d.Config))
	for i, e := range d.Config {
		shown[i] = dashboardSetting{lastWord(e.Name), cut(settingForPage(e), maxShownValue)}
	}
	return shown
}

// placed is a workspace, whole or with those of its sources that are sought, and a source with its destinations.
type (
	placedWorkspace struct {
		*workspace
		whole   bool
		sources []placedSource // where it is not whole
	}
	placedSource struct {
		*source
		destinations []*destination
	}
)

// dashboardPlacesOf finds what a view asks for.
func dashboardPlacesOf(t *tx, v dashboardView) dashboardPlaces {
	shown := dashboardPlaces{Source: v.Get(viewSource), All: v.With(viewSource, "", viewPage, "", viewQuery, "")}
	sought := newMatcher(v.Get(viewQuery))
	var found []placedWorkspace
	for _, w := range list[*workspace](t, "workspaces") {
		shown.Total++
		for _, r := range t.store.lists[w.Name+"/sources"] {
			shown.Sources++
			shown.Destinations += len(t.store.lists[r.name+"/destinations"])
		}
		if shown.Source != "" {
			continue
		}
		if hit, ok := seekWorkspace(t, w, sought); ok {
			found = append(found, hit)
		}
	}
	if shown.Source != "" {
		shown.onlySource(t, v, sought)
		return shown
	}
	var from, to int
	shown.Pages, from, to = newPaged(v, viewPage, "#workspaces", len(found), dashboardWorkspaces)
	sources, destinations := pageSources, pageDestinations
	for _, w := range found[from:to] {
		row := dashboardWorkspace{DisplayName: w.DisplayName, Name: w.Name}
		if w.whole {
			w.sources = seekSources(t, w.workspace, "")
		}
		for _, src := range w.sources {
			if sources--; sources < 0 {
				row.More++
				continue
			}
			shownSource := newDashboardSource(v, src, min(sourceDestinations, destinations))
			destinations -= len(shownSource.Destinations)
			row.Sources = append(row.Sources, shownSource)
		}
		shown.Workspaces = append(shown.Workspaces, row)
	}
	return shown
}

// seekWorkspace returns a workspace whose name is sought, or what is sought in another one.
func seekWorkspace(t *tx, w *workspace, sought matcher) (placedWorkspace, bool) {
	if sought.in(lastWord(w.Name), w.DisplayName) {
		return placedWorkspace{workspace: w, whole: true}, true // its sources are read if it is on the page
	}
	hit := placedWorkspace{workspace: w, sources: seekSources(t, w, sought)}
	return hit, len(hit.sources) > 0
}

// seekSources returns the sources of a workspace whose names are sought, and of others what is sought in them.
func seekSources(t *tx, w *workspace, sought matcher) []placedSource {
	var found []placedSource
	for _, src := range list[*source](t, w.Name+"/sources") {
		whole := sought.in(lastWord(src.Name), src.DisplayName)
		if destinations := seekDestinations(t, src, whole, sought); whole || len(destinations) > 0 {
			found = append(found, placedSource{src, destinations})
		}
	}
	return found
}

// seekDestinations returns the destinations of a source that are sought.
func seekDestinations(t *tx, src *source, whole bool, sought matcher) []*destination {
	all := list[*destination](t, src.Name+"/destinations")
	if whole {
		return all
	}
	var found []*destination
	for _, d := range all {
		if sought.in(lastWord(d.Name), d.DisplayName) {
			found = append(found, d)
		}
	}
	return found
}

func newDashboardSource(v dashboardView, src placedSource, limit int) dashboardSource {
	shown := dashboardSource{
		Name: src.Name, Slug: lastWord(src.Name), Catalog: lastWord(src.CatalogName), Total: len(src.destinations),
		Open: len(src.destinations) <= openDestinations || v.Get(viewQuery) != "",
	}
	for _, d := range src.destinations[:min(limit, len(src.destinations))] {
		shown.Destinations = append(shown.Destinations, dashboardDestination{d})
	}
	if len(shown.Destinations) < shown.Total {
		shown.All = v.With(viewSource, src.Name, viewPage, "")
	}
	return shown
}

// onlySource shows one source, with its destinations page by page.
func (shown *dashboardPlaces) onlySource(t *tx, v dashboardView, sought matcher) {
	src, ok := get[*source](t, shown.Source)
	w, hasWorkspace := get[*workspace](t, collection(collection(shown.Source)))
	if !ok || !hasWorkspace {
		shown.Gone = true
		return
	}
	all := seekDestinations(t, src, sought == "", sought)
	var from, to int
	shown.Pages, from, to = newPaged(v, viewPage, "#workspaces", len(all), pageDestinations)
	row := newDashboardSource(v, placedSource{src, all[from:to]}, pageDestinations)
	row.Total, row.Open = len(all), true
	shown.Workspaces = []dashboardWorkspace{{DisplayName: w.DisplayName, Name: w.Name, Sources: []dashboardSource{row}}}
}

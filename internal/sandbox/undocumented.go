package sandbox

import (
	"net/http"
	"strings"
)

// undocumentedRoutes are those of which only the path is known. They come after all others.
func undocumentedRoutes() []route {
	const (
		workspace   = "workspaces/{w}"
		source      = workspace + "/sources/{s}"
		destination = source + "/destinations/{d}"
	)
	var routes []route
	for _, path := range []string{
		destination + "/metrics", destination + "/metrics/{m}", destination + "/metrics:batchGet", destination + "/metrics:getSummary",
		workspace + "/event-delivery-metrics:batchGetSummary",
	} {
		routes = append(routes, newRoute("GET", path, accessWorkspace, undocumented))
	}
	paths := []string{
		workspace + "/roles/{r}/policies", workspace + "/roles/{r}/policies/{p}",
		workspace + "/functions/{f}/deploy",
		source + "/connected-warehouses", source + "/connected-warehouses/{c}",
	}
	for _, word := range []string{"roles", "invites", "users", "regulations", "suppressed-users", "functions"} {
		paths = append(paths, workspace+"/"+word, workspace+"/"+word+"/{id}")
	}
	for _, word := range []string{"regulations", "suppressed-users"} {
		paths = append(paths, source+"/"+word, source+"/"+word+"/{id}")
	}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		for _, path := range paths {
			routes = append(routes, newRoute(method, path, accessWorkspace, undocumented))
		}
		routes = append(routes, newRoute(method, "filters/preview", accessAny, undocumented))
	}
	return routes
}

// undocumented stands for routes of which only the path is known: inventing an answer would mislead.
func undocumented(c *call) (any, error) {
	return nil, &apiError{
		http.StatusNotImplemented, 12,
		"segctl sandbox does not emulate " + strings.Join(c.words, "/") + ": the shape of its answer is not documented",
	}
}

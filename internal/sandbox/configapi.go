package sandbox

import (
	"errors"
	"net/http"
	"strings"
)

// call is one request to the Config API, inside the transaction that answers it.
type call struct {
	*exchange
	server *Server
	tx     *tx
	words  []string // of the path after /v1beta, decoded
	token  *token   // nil for accessBasic
}

// name joins the first n words of the path: the resource or collection that is meant.
func (c *call) name(n int) string { return strings.Join(c.words[:n], "/") }

// configRoutes are all routes of the Config API.
func configRoutes() []route {
	const (
		sources     = "workspaces/{w}/sources"
		source      = sources + "/{s}"
		destination = source + "/destinations/{d}"
		plans       = "workspaces/{w}/tracking-plans"
	)
	routes := []route{
		newRoute("GET", "workspaces", accessOwn, listWorkspaces),
		newRoute("GET", "workspaces/{w}", accessOwn, getWorkspace),

		newRoute("GET", sources, accessOwn, listSources),
		newRoute("POST", sources, accessWorkspace, createSource),
		newRoute("GET", source, accessOwn, getSource),
		newRoute("DELETE", source, accessWorkspace, deleteSource),
		newRoute("GET", source+"/schema-config", accessWorkspace, getSchemaConfig),
		newRoute("PATCH", source+"/schema-config", accessWorkspace, updateSchemaConfig),

		newRoute("GET", source+"/destinations", accessWorkspace, listDestinations),
		newRoute("POST", source+"/destinations", accessDestination, createDestination),
		newRoute("GET", destination, accessDestination, getDestination),
		newRoute("PATCH", destination, accessDestination, updateDestination),
		newRoute("DELETE", destination, accessDestination, deleteDestination),

		newRoute("GET", plans, accessWorkspace, listTrackingPlans),
		newRoute("POST", plans, accessWorkspace, createTrackingPlan),
		newRoute("GET", plans+"/{t}", accessWorkspace, getTrackingPlan),
		newRoute("PUT", plans+"/{t}", accessWorkspace, updateTrackingPlan),
		newRoute("DELETE", plans+"/{t}", accessWorkspace, deleteTrackingPlan),
		newRoute("GET", plans+"/{t}/source-connections", accessWorkspace, listConnections),
		newRoute("POST", plans+"/{t}/source-connections", accessWorkspace, createConnection),
		newRoute("POST", plans+"/{t}/source-connections:batchCreateConnections", accessWorkspace, batchCreateConnections),
		newRoute("DELETE", plans+"/{t}/source-connections/{s}", accessWorkspace, deleteConnection),

		newRoute("GET", "catalog/destinations", accessAny, listCatalogDestinations),
		newRoute("GET", "catalog/destinations/{d}", accessAny, getCatalogDestination),
		newRoute("GET", "catalog/sources", accessAny, listCatalogSources),
		newRoute("GET", "catalog/sources/{s}", accessAny, getCatalogSource),

		newRoute("POST", "workspaces/{w}/apps", accessWorkspace, createApp),
		newRoute("POST", "apps", accessWorkspace, createApp),
		newRoute("POST", "access-tokens", accessBasic, createAccessToken),
		{"GET", []string{"installs", "{n}", "token"}, accessBasic, true, refreshToken},
	}
	for _, filters := range []string{destination + "/filters", destination + "/config/{c}/filters"} {
		routes = append(
			routes,
			newRoute("GET", filters, accessWorkspace, listFilters),
			newRoute("POST", filters, accessWorkspace, createFilter),
			newRoute("GET", filters+"/{f}", accessWorkspace, getFilter),
			newRoute("PATCH", filters+"/{f}", accessWorkspace, updateFilter),
			newRoute("DELETE", filters+"/{f}", accessWorkspace, deleteFilter),
		)
	}
	return append(routes, undocumentedRoutes()...)
}

// serveConfigAPI answers a path under /v1beta.
func (s *Server) serveConfigAPI(x *exchange, words []string) {
	rt, allowed := find(s.routes, x.r.Method, words)
	switch {
	case rt == nil && allowed == nil:
		noRoute(x)
		return
	case rt == nil:
		x.header.Set("Allow", strings.Join(allowed, ", "))
		(&apiError{http.StatusMethodNotAllowed, 12, "method not allowed"}).write(x)
		return
	}
	c := &call{exchange: x, server: s, words: words}
	var body any
	transaction := s.store.view
	if rt.writes {
		transaction = s.store.update
	}
	err := transaction(func(t *tx) (err error) {
		c.tx = t
		if err = c.admit(rt); err == nil {
			body, err = rt.handle(c)
		}
		return err
	})
	var refused *apiError
	switch {
	case errors.As(err, &refused):
		refused.write(x)
	case err != nil:
		internalError(err.Error()).write(x)
	default:
		x.json(http.StatusOK, body)
	}
}

// empty is the answer to a deletion.
type empty struct{}

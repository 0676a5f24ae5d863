package sandbox

// connection puts a source under a tracking plan. It has no name of its own on the wire.
type connection struct {
	SourceName     string `json:"source_name"`
	TrackingPlanID string `json:"tracking_plan_id"` // rs_…
}

// connectionName is where a connection is stored, and how it is addressed.
func connectionName(plan, source string) string {
	return plan + "/source-connections/" + lastWord(source)
}

// connectionsAnswer is a list of connections, which has no next page where it answers a batch.
type connectionsAnswer struct {
	Connections   []*connection `json:"connections"`
	NextPageToken *string       `json:"next_page_token,omitempty"`
}

// listConnections answers an empty list for a plan that is gone, unless the quirk says 404.
func listConnections(c *call) (any, error) {
	_, err := c.trackingPlan()
	if err != nil && c.server.quirk(quirkDeletedPlan) == "empty" {
		_, err = getWorkspace(c)
	}
	if err != nil {
		return nil, err
	}
	items, next, err := page[*connection](c, c.name(5), nil)
	if err != nil {
		return nil, err
	}
	return connectionsAnswer{items, &next}, nil
}

func createConnection(c *call) (any, error) {
	var in struct {
		SourceName string `json:"source_name"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return c.connect(in.SourceName)
}

func batchCreateConnections(c *call) (any, error) {
	var in struct {
		SourceNames []string `json:"source_names"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	all := make([]*connection, 0, len(in.SourceNames))
	for _, name := range in.SourceNames {
		made, err := c.connect(name)
		if err != nil {
			return nil, err
		}
		all = append(all, made)
	}
	return connectionsAnswer{Connections: all}, nil
}

// connect puts a source of the same workspace under the tracking plan. A source has one tracking plan at most.
func (c *call) connect(sourceName string) (*connection, error) {
	plan, err := c.trackingPlan()
	if err != nil {
		return nil, err
	}
	if collection(sourceName) != c.name(2)+"/sources" {
		return nil, invalidArgument("invalid argument: source_name has to be %s/sources/SLUG", c.name(2))
	}
	if c.tx.lookup(sourceName) == nil {
		return nil, notFound("source")
	}
	switch old := c.tx.connectedTo(sourceName); old {
	case "":
	case plan.Name:
		return nil, alreadyExists("source connection")
	default:
		exists := alreadyExists("source connection")
		exists.text += ": " + sourceName + " has the tracking plan " + lastWord(old)
		return nil, exists
	}
	made := &connection{sourceName, lastWord(plan.Name)}
	c.tx.put(connectionName(plan.Name, sourceName), made)
	return made, nil
}

// connectedTo is the name of the source's tracking plan; empty if it has none.
func (t *tx) connectedTo(source string) string {
	for _, plan := range t.store.lists[collection(collection(source))+"/tracking-plans"] {
		if t.lookup(connectionName(plan.name, source)) != nil {
			return plan.name
		}
	}
	return ""
}

func deleteConnection(c *call) (any, error) {
	name := c.name(6)
	if _, ok := get[*connection](c.tx, name); !ok {
		return nil, notFound("source connection")
	}
	c.tx.remove(name)
	return empty{}, nil
}

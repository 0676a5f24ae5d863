package sandbox

import "encoding/json"

func listTrackingPlans(c *call) (any, error) {
	if err := c.parentExists(2); err != nil {
		return nil, err
	}
	return listDocuments(c, "tracking_plans")
}

func (c *call) trackingPlan() (*document, error) {
	if plan, ok := get[*document](c.tx, c.name(4)); ok {
		return plan, nil
	}
	return nil, notFound("tracking plan")
}

func getTrackingPlan(c *call) (any, error) { return c.trackingPlan() }

func createTrackingPlan(c *call) (any, error) {
	if err := c.parentExists(2); err != nil {
		return nil, err
	}
	in, _, err := c.documentRequest("tracking_plan")
	if err != nil {
		return nil, err
	}
	plan := &document{c.name(3) + "/rs_" + randomHex(12), pick(in, "display_name", "rules")}
	now := quote(timestamp(c.server.now()))
	plan.Fields["create_time"], plan.Fields["update_time"] = now, now
	c.tx.put(plan.Name, plan)
	return plan, nil
}

// updateTrackingPlan is a PUT that takes a mask. Without one it replaces the plan, as PUT does.
func updateTrackingPlan(c *call) (any, error) {
	old, err := c.trackingPlan()
	if err != nil {
		return nil, err
	}
	in, mask, err := c.documentRequest("tracking_plan")
	if err != nil {
		return nil, err
	}
	if len(mask.Paths) == 0 {
		mask.Paths = []string{"display_name", "rules"}
	}
	fields, err := mask.fields("tracking_plan", "display_name", "rules")
	if err != nil {
		return nil, err
	}
	changed := old.merge(in, fields, timestamp(c.server.now()))
	c.tx.put(changed.Name, changed)
	return changed, nil
}

func deleteTrackingPlan(c *call) (any, error) {
	plan, err := c.trackingPlan()
	if err != nil {
		return nil, err
	}
	c.tx.remove(plan.Name)
	return empty{}, nil
}

func listConnections(c *call) (any, error) {
	if _, err := c.trackingPlan(); err != nil {
		return nil, err
	}
	return listDocuments(c, "connections")
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
	connections := []*document{}
	for _, name := range in.SourceNames {
		connection, err := c.connect(name)
		if err != nil {
			return nil, err
		}
		connections = append(connections, connection)
	}
	return map[string]any{"connections": connections}, nil
}

// connect puts a source of the same workspace under the tracking plan.
func (c *call) connect(sourceName string) (*document, error) {
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
	connection := &document{
		plan.Name + "/source-connections/" + lastWord(sourceName),
		map[string]json.RawMessage{"source_name": quote(sourceName)},
	}
	if c.tx.lookup(connection.Name) != nil {
		return nil, alreadyExists("source connection")
	}
	c.tx.put(connection.Name, connection)
	return connection, nil
}

func deleteConnection(c *call) (any, error) {
	connection, ok := c.document()
	if !ok {
		return nil, notFound("source connection")
	}
	c.tx.remove(connection.Name)
	return empty{}, nil
}

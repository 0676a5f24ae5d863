package sandbox

import (
	"bytes"
	"encoding/json"
)

// trackingPlan says which events and traits are expected. Only its schemas, which are JSON Schema, are kept as written.
type trackingPlan struct {
	Name        string    `json:"name"`
	DisplayName string    `json:"display_name"`
	Rules       planRules `json:"rules"`
	CreateTime  string    `json:"create_time"`
	UpdateTime  string    `json:"update_time"`
}

type planRules struct {
	Global   json.RawMessage `json:"global,omitempty"`
	Events   []planEvent     `json:"events"`
	Identify json.RawMessage `json:"identify,omitempty"`
	Group    json.RawMessage `json:"group,omitempty"`
}

type planEvent struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Rules       json.RawMessage `json:"rules,omitempty"`
}

type planRequest struct {
	TrackingPlan *trackingPlan `json:"tracking_plan"`
	UpdateMask   updateMask    `json:"update_mask"`
}

func (c *call) planRequest() (in planRequest, err error) {
	if err = c.decode(&in); err != nil {
		return in, err
	}
	if in.TrackingPlan == nil {
		return in, missingObject("tracking_plan")
	}
	return in, in.TrackingPlan.Rules.check()
}

// check refuses schemas that are no objects, and makes the list of events one that is written out.
func (r *planRules) check() error {
	if r.Events == nil {
		r.Events = []planEvent{}
	}
	type schema struct {
		name string
		raw  *json.RawMessage
	}
	schemas := []schema{{"global", &r.Global}, {"identify", &r.Identify}, {"group", &r.Group}}
	for i := range r.Events {
		schemas = append(schemas, schema{"events.rules", &r.Events[i].Rules})
	}
	for _, s := range schemas {
		switch {
		case len(*s.raw) == 0:
		case string(*s.raw) == "null":
			*s.raw = nil
		case !bytes.HasPrefix(*s.raw, []byte("{")):
			return invalidArgument("invalid argument: tracking_plan.rules.%s is not an object", s.name)
		}
	}
	return nil
}

func listTrackingPlans(c *call) (any, error) {
	if _, err := getWorkspace(c); err != nil {
		return nil, err
	}
	items, next, err := page[*trackingPlan](c, c.name(3), nil)
	if err != nil {
		return nil, err
	}
	return struct {
		TrackingPlans []*trackingPlan `json:"tracking_plans"`
		NextPageToken string          `json:"next_page_token"`
	}{items, next}, nil
}

func (c *call) trackingPlan() (*trackingPlan, error) {
	if plan, ok := get[*trackingPlan](c.tx, c.name(4)); ok {
		return plan, nil
	}
	return nil, notFound("tracking plan")
}

func getTrackingPlan(c *call) (any, error) { return c.trackingPlan() }

func createTrackingPlan(c *call) (any, error) {
	if _, err := getWorkspace(c); err != nil {
		return nil, err
	}
	in, err := c.planRequest()
	if err != nil {
		return nil, err
	}
	now := timestamp(c.server.now())
	plan := &trackingPlan{
		Name: c.name(3) + "/rs_" + randomHex(12), DisplayName: in.TrackingPlan.DisplayName, Rules: in.TrackingPlan.Rules,
		CreateTime: now, UpdateTime: now,
	}
	c.tx.put(plan.Name, plan)
	return plan, nil
}

// updateTrackingPlan is a PUT that takes a mask. Without one it replaces the plan, as PUT does.
func updateTrackingPlan(c *call) (any, error) {
	old, err := c.trackingPlan()
	if err != nil {
		return nil, err
	}
	in, err := c.planRequest()
	if err != nil {
		return nil, err
	}
	if len(in.UpdateMask.Paths) == 0 {
		in.UpdateMask.Paths = []string{"display_name", "rules"}
	}
	fields, err := in.UpdateMask.fields("tracking_plan", "display_name", "rules")
	if err != nil {
		return nil, err
	}
	changed := *old
	if fields["display_name"] {
		changed.DisplayName = in.TrackingPlan.DisplayName
	}
	if fields["rules"] {
		changed.Rules = in.TrackingPlan.Rules
	}
	changed.UpdateTime = timestamp(c.server.now())
	c.tx.put(changed.Name, &changed)
	return &changed, nil
}

func deleteTrackingPlan(c *call) (any, error) {
	plan, err := c.trackingPlan()
	if err != nil {
		return nil, err
	}
	c.tx.remove(plan.Name)
	return empty{}, nil
}

package sandbox

import (
	"slices"
	"strings"
)

// schemaConfig says what a source does with what is not in its tracking plan. All thirteen settings are in every answer.
type schemaConfig struct {
	Name   string `json:"name"`
	Parent string `json:"parent"`

	AllowUnplannedTrackEvents          bool   `json:"allow_unplanned_track_events"`
	AllowUnplannedIdentifyTraits       bool   `json:"allow_unplanned_identify_traits"`
	AllowUnplannedGroupTraits          bool   `json:"allow_unplanned_group_traits"`
	AllowUnplannedTrackEventProperties bool   `json:"allow_unplanned_track_event_properties"`
	AllowTrackEventOnViolations        bool   `json:"allow_track_event_on_violations"`
	AllowIdentifyTraitsOnViolations    bool   `json:"allow_identify_traits_on_violations"`
	AllowGroupTraitsOnViolations       bool   `json:"allow_group_traits_on_violations"`
	AllowTrackPropertiesOnViolations   bool   `json:"allow_track_properties_on_violations"`
	ForwardingBlockedEventsTo          string `json:"forwarding_blocked_events_to"`
	ForwardingViolationsTo             string `json:"forwarding_violations_to"`
	CommonTrackEventOnViolations       string `json:"common_track_event_on_violations"`
	CommonIdentifyEventOnViolations    string `json:"common_identify_event_on_violations"`
	CommonGroupEventOnViolations       string `json:"common_group_event_on_violations"`
}

// onViolations is what can be done with an event, and what is done with it unless somebody says otherwise.
const onViolations = "ALLOW"

// newSchemaConfig lets everything through, as a source without a tracking plan does.
func newSchemaConfig(sourceName string) *schemaConfig {
	config := &schemaConfig{Name: sourceName + "/schema-config", Parent: sourceName}
	for _, setting := range config.settings() {
		if setting.yes != nil {
			*setting.yes = true
		}
	}
	config.complete()
	return config
}

// schemaSetting is one setting of a schemaConfig: a boolean, or a text.
type schemaSetting struct {
	name string
	yes  *bool
	text *string
	enum []string // of a text; nil: any
}

// settings are the thirteen settings in the order of the documents, with the places where their values are.
func (s *schemaConfig) settings() []schemaSetting {
	return []schemaSetting{
		{"allow_unplanned_track_events", &s.AllowUnplannedTrackEvents, nil, nil},
		{"allow_unplanned_identify_traits", &s.AllowUnplannedIdentifyTraits, nil, nil},
		{"allow_unplanned_group_traits", &s.AllowUnplannedGroupTraits, nil, nil},
		{"allow_unplanned_track_event_properties", &s.AllowUnplannedTrackEventProperties, nil, nil},
		{"allow_track_event_on_violations", &s.AllowTrackEventOnViolations, nil, nil},
		{"allow_identify_traits_on_violations", &s.AllowIdentifyTraitsOnViolations, nil, nil},
		{"allow_group_traits_on_violations", &s.AllowGroupTraitsOnViolations, nil, nil},
		{"allow_track_properties_on_violations", &s.AllowTrackPropertiesOnViolations, nil, nil},
		{"forwarding_blocked_events_to", nil, &s.ForwardingBlockedEventsTo, nil},
		{"forwarding_violations_to", nil, &s.ForwardingViolationsTo, nil},
		{"common_track_event_on_violations", nil, &s.CommonTrackEventOnViolations, []string{onViolations, "OMIT_PROPERTIES", "BLOCK"}},
		{"common_identify_event_on_violations", nil, &s.CommonIdentifyEventOnViolations, []string{onViolations, "OMIT_TRAITS", "BLOCK"}},
		{"common_group_event_on_violations", nil, &s.CommonGroupEventOnViolations, []string{onViolations, "OMIT_TRAITS", "BLOCK"}},
	}
}

// complete gives the settings that are a choice their default where they have no value.
func (s *schemaConfig) complete() {
	for _, setting := range s.settings() {
		if setting.enum != nil && *setting.text == "" {
			*setting.text = setting.enum[0]
		}
	}
}

// schemaConfig is the one of the path's source. The service forgot to handle one that is missing.
func (c *call) schemaConfig() (*schemaConfig, error) {
	if config, ok := get[*schemaConfig](c.tx, c.name(5)); ok {
		return config, nil
	}
	if c.server.quirk(quirkMissingSchema) == "404" {
		return nil, notFound("schema config")
	}
	return nil, internalError("runtime error: invalid memory address or nil pointer dereference")
}

func getSchemaConfig(c *call) (any, error) { return c.schemaConfig() }

func updateSchemaConfig(c *call) (any, error) {
	old, err := c.schemaConfig()
	if err != nil {
		return nil, err
	}
	var in struct {
		SchemaConfig *schemaConfig `json:"schema_config"`
		UpdateMask   updateMask    `json:"update_mask"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.SchemaConfig == nil {
		return nil, missingObject("schema_config")
	}
	changed := *old
	to, from := changed.settings(), in.SchemaConfig.settings()
	known := make([]string, len(to))
	for i := range to {
		known[i] = to[i].name
	}
	fields, err := in.UpdateMask.fields("schema_config", known...)
	if err != nil {
		return nil, err
	}
	for i, setting := range from {
		if setting.enum != nil && *setting.text != "" && !slices.Contains(setting.enum, *setting.text) {
			return nil, invalidArgument("invalid argument: schema_config.%s %q is none of %s", setting.name, *setting.text, strings.Join(setting.enum, ", "))
		}
		switch {
		case !fields[setting.name]:
		case setting.yes != nil:
			*to[i].yes = *setting.yes
		default:
			*to[i].text = *setting.text
		}
	}
	changed.complete()
	c.tx.put(changed.Name, &changed)
	return &changed, nil
}

package cmd

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

// change is one value that is not what it was; "" is none.
type change struct{ what, from, to string }

// changes compares a destination with what it was, nil for one that is new. Secrets are masked even with
// --show-secrets: standard error ends up in logs.
func changes(old, d *segment.Destination) []change {
	var all []change
	if old == nil {
		old = &segment.Destination{Enabled: d.Enabled, ConnectionMode: segment.ModeUnspecified}
	}
	if old.Enabled != d.Enabled {
		all = append(all, change{"enabled", strconv.FormatBool(old.Enabled), strconv.FormatBool(d.Enabled)})
	}
	if old.ConnectionMode != d.ConnectionMode {
		all = append(all, change{"connection mode", old.ConnectionMode, d.ConnectionMode})
	}
	kinds := map[string]string{}
	for _, entry := range slices.Concat(old.Config, d.Config) {
		kinds[segment.SettingOf(entry.Name)] = entry.Type
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		from, to := old.Setting(name), d.Setting(name)
		if sameValue(from, to) {
			continue
		}
		c := change{name, brief(segment.FormatValue(from)), brief(segment.FormatValue(to))}
		if segment.IsSecret(name, kinds[name]) {
			c.from, c.to = output.Mask(segment.FormatValue(from)), output.Mask(segment.FormatValue(to))
		}
		all = append(all, c)
	}
	return all
}

// brief cuts what is too long to be read beside another value.
func brief(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// sameValue also takes a missing value and null for the same.
func sameValue(x, y json.RawMessage) bool {
	return isNone(x) && isNone(y) || segment.SameJSON(x, y)
}

func isNone(value json.RawMessage) bool { return len(value) == 0 || string(value) == "null" }

// reportChange says on standard error what a change did, value by value, by what Segment answered.
func (a *App) reportChange(verb string, old, d *segment.Destination) {
	all := changes(old, d)
	if len(all) == 0 && old != nil {
		a.say("%s is as it was, and %s.", d.Name, onOff(d.Enabled))
		return
	}
	a.say("%s is %s and %s.", d.Name, verb, onOff(d.Enabled))
	for _, c := range all {
		switch {
		case old == nil, c.from == "":
			a.say("  %s: %s", c.what, c.to)
		case c.to == "":
			a.say("  %s: %s → (unset)", c.what, c.from)
		default:
			a.say("  %s: %s → %s", c.what, c.from, c.to)
		}
	}
}

package destination

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

// WhatEnabled and WhatMode are the differences that are about no setting.
const (
	WhatEnabled = "enabled"
	WhatMode    = "connection mode"
)

// Difference is one value that is not what it was, secrets masked and on one line; "" is none.
type Difference struct{ What, From, To string }

// maxShown is how much of a value can be read beside another one, in characters.
const maxShown = 80

// Diff compares a destination with what it was, nil for one that is new. What the catalog says of its settings, where
// that is known, serves for masking.
func Diff(old, d *segment.Destination, settings []segment.Setting) []Difference {
	var all []Difference
	if old == nil {
		old = &segment.Destination{Enabled: d.Enabled, ConnectionMode: segment.ModeUnspecified}
	}
	if old.Enabled != d.Enabled {
		all = append(all, Difference{WhatEnabled, strconv.FormatBool(old.Enabled), strconv.FormatBool(d.Enabled)})
	}
	if old.ConnectionMode != d.ConnectionMode {
		all = append(all, Difference{WhatMode, old.ConnectionMode, d.ConnectionMode})
	}
	from, to := byName(old.Config), byName(d.Config)
	names := slices.AppendSeq(slices.Collect(maps.Keys(from)), maps.Keys(to))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if sameValue(from[name].Value, to[name].Value) {
			continue
		}
		// What is known of the setting may be known from one of the two alone.
		about := []segment.ConfigEntry{from[name], to[name]}
		all = append(all, Difference{
			What: name,
			From: shown(maskValue(from[name].Value, name, about, settings)),
			To:   shown(maskValue(to[name].Value, name, about, settings)),
		})
	}
	return all
}

func byName(config []segment.ConfigEntry) map[string]segment.ConfigEntry {
	entries := make(map[string]segment.ConfigEntry, len(config))
	for _, entry := range config {
		entries[segment.SettingOf(entry.Name)] = entry
	}
	return entries
}

// shown gives a value without secrets on one line that can be read.
func shown(value json.RawMessage) string { return secret.Brief(segment.FormatValue(value), maxShown) }

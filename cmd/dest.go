package cmd

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

func newDest(app *App) *cobra.Command {
	c := group("dest", "Your destination on the customer's source",
		newDestCreate(app), newDestDelete(app), newDestSwitch(app, false), newDestSwitch(app, true), newDestGet(app),
		newDestList(app), newDestUpdate(app))
	c.Aliases = []string{"destination"}
	c.Long = `DEST is a slug such as clearbrain or a full name such as
workspaces/acme/sources/js/destinations/clearbrain. Left out, it is the one that the install's scope names.`
	return c
}

// destDetails are the rows of one destination. Settings that are secret are masked, unless --show-secrets.
func (a *App) destDetails(d *segment.Destination) output.Table {
	rows := [][]string{
		{"name", d.Name},
		{"display name", d.DisplayName},
		{"enabled", strconv.FormatBool(d.Enabled)},
		{"connection mode", d.ConnectionMode},
	}
	for _, entry := range d.Config {
		rows = append(rows, []string{"config." + segment.SettingOf(entry.Name), a.showSetting(segment.SettingOf(entry.Name), entry.Type, entry.Value)})
	}
	return output.Table{Rows: append(rows, []string{"created", formatTime(d.CreateTime)}, []string{"updated", formatTime(d.UpdateTime)})}
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// showSetting gives a setting's value as one line, masked where it is secret.
func (a *App) showSetting(name, kind string, value json.RawMessage) string {
	text := segment.FormatValue(value)
	if !a.flags.showSecrets && segment.IsSecret(name, kind) {
		return output.Mask(text)
	}
	return text
}

func onOff(enabled bool) string {
	if enabled {
		return "enabled"
	}
	return "disabled"
}

// slugOf is the last part of a resource name.
func slugOf(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

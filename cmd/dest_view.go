package cmd

import (
	"context"
	"strconv"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

// destDetails are the rows of one destination, with its settings as they are.
func destDetails(d *segment.Destination) output.Table {
	rows := [][]string{
		{"name", d.Name},
		{"display name", d.DisplayName},
		{"enabled", strconv.FormatBool(d.Enabled)},
		{"connection mode", d.ConnectionMode},
	}
	for _, entry := range d.Config {
		rows = append(rows, []string{"config." + segment.SettingOf(entry.Name), segment.FormatValue(entry.Value)})
	}
	return output.Table{Rows: append(rows, []string{"created", formatTime(d.CreateTime)}, []string{"updated", formatTime(d.UpdateTime)})}
}

func destTable(all []*segment.Destination) output.Table {
	t := output.Table{Header: []string{"destination", "state", "mode", "name"}, Tint: output.State, Less: []string{"name", "mode"}}
	for _, d := range all {
		t.Rows = append(t.Rows, []string{segment.IDOf(d.Name), destination.State(d), d.ConnectionMode, d.Name})
	}
	return t
}

// shown chooses between a destination and the same without its secrets, by --show-secrets.
func (a *App) shown(d, masked *segment.Destination) *segment.Destination {
	if a.flags.showSecrets {
		return d
	}
	return masked
}

func (a *App) shownAll(all []*segment.Destination) []*segment.Destination {
	shown := make([]*segment.Destination, len(all))
	for i, d := range all {
		shown[i] = a.shown(d, destination.Mask(d))
	}
	return shown
}

// sayNotes tells what else there is to know.
func (a *App) sayNotes(notes []string) {
	for _, note := range notes {
		a.Say("note: %s", note)
	}
}

// sayResult tells what a change did, and what is different now. Secrets are masked even with --show-secrets: standard
// error ends up in logs.
func (a *App) sayResult(r destination.Result) {
	a.sayNotes(r.Notes)
	if !r.IsChange() {
		a.Say("%s.", r)
		return
	}
	a.Say("✓ %s", r)
	for _, c := range r.Changes {
		switch {
		case c.What == destination.WhatEnabled && r.Action != destination.Updated: // it was just said
		case r.Action == destination.Created, c.From == "":
			a.Say("  %s: %s", c.What, c.To)
		case c.To == "":
			a.Say("  %s: %s → (unset)", c.What, c.From)
		default:
			a.Say("  %s: %s → %s", c.What, c.From, c.To)
		}
	}
}

// reportResult tells what a change did and, where that is asked for, prints what it left behind.
func (a *App) reportResult(ctx context.Context, r destination.Result) error {
	a.sayResult(r)
	d := a.shown(r.Destination, r.Masked)
	return a.PrintIfAsked(ctx, d, func() output.Table { return destDetails(d) })
}

// printRequest prints what --dry-run would send.
func (a *App) printRequest(ctx context.Context, r destination.DryRun) error {
	a.Say("Nothing is changed; this would be the request.")
	return a.Print(ctx, r, func() output.Table {
		return output.Table{Rows: [][]string{{"method", r.Method}, {"path", r.Path}, {"body", string(r.Body)}}}
	})
}

package fleet

import (
	"slices"
	"strconv"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// maxRow bounds what a row says of an install, in bytes: a record has some 2,000, and its token needs room as well.
const maxRow = 800

// card returns the card that a row makes, or what is wrong with the row. The error is about the binding.
func (r Row) card(b install.Binding) (install.Card, Fault, error) {
	fail := func(column, problem string) (install.Card, Fault, error) {
		return install.Card{}, Fault{r.Line, column, problem}, nil
	}
	size := 0
	for _, column := range InstallColumns() {
		size += len(r.Get(column))
	}
	if size > maxRow {
		return fail("", "says more than "+decimal(maxRow)+" bytes about the install")
	}
	name, err := wire.ParseInstallName(r.Install())
	if err != nil {
		return fail(ColumnInstall, err.Error())
	}
	card, err := b.Card(name)
	if err != nil {
		return install.Card{}, Fault{}, err
	}
	card.Label = r.Get(ColumnLabel)
	if fault := account.LabelProblem(card.Label); fault != "" {
		return fail(ColumnLabel, fault)
	}
	if text := r.Get(ColumnScope); text != "" {
		if card.Scope, err = wire.ParseScope(text); err != nil {
			return fail(ColumnScope, err.Error())
		}
	}
	var fault string
	if card.Workspaces, fault = workspacesOf(r.Get(ColumnWorkspace)); fault != "" {
		return fail(ColumnWorkspace, fault)
	}
	if card.Sources, fault = sourcesOf(r.Get(ColumnSource), card.Workspaces); fault != "" {
		return fail(ColumnSource, fault)
	}
	return card, Fault{}, nil
}

// listOf returns the names in a cell, which are separated by blanks or commas.
func listOf(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return r == ' ' || r == ',' })
}

// workspacesOf returns the full names of the workspaces in a cell, which has slugs or full names, or what is wrong with it.
func workspacesOf(cell string) (names []string, fault string) {
	for _, text := range listOf(cell) {
		name, err := segment.ParseName("workspaces/" + strings.TrimPrefix(text, "workspaces/"))
		if err != nil || name.Source != "" {
			return nil, strconv.Quote(text) + " is not a workspace: give a slug such as acme, or workspaces/acme"
		}
		names = append(names, name.String())
	}
	return names, ""
}

// sourcesOf is workspacesOf for sources: a slug is of the one workspace of the row.
func sourcesOf(cell string, workspaces []string) (names []string, fault string) {
	for _, text := range listOf(cell) {
		full := text
		switch workspace, slug, found := strings.Cut(text, "/"); {
		case found && !strings.Contains(slug, "/"):
			full = "workspaces/" + workspace + "/sources/" + slug
		case !found && len(workspaces) != 1:
			return nil, strconv.Quote(text) + " needs its workspace: give it as workspace/source, or one workspace in that column"
		case !found:
			full = workspaces[0] + "/sources/" + text
		}
		name, err := segment.ParseName(full)
		if err != nil || name.Source == "" || name.Destination != "" {
			return nil, strconv.Quote(text) + " is not a source: give a slug such as js, or workspaces/acme/sources/js"
		}
		if in := (segment.Name{Workspace: name.Workspace}).String(); len(workspaces) > 0 && !slices.Contains(workspaces, in) {
			return nil, strconv.Quote(text) + " is not in the workspace of the row"
		}
		names = append(names, name.String())
	}
	return names, ""
}

// Export returns the rows that make cards anew, in the order of [InstallColumns].
func Export(cards []install.Card) [][]string {
	rows := make([][]string, len(cards))
	for i, c := range cards {
		rows[i] = []string{c.Name, c.Label, strings.Join(c.Workspaces, " "), strings.Join(c.Sources, " "), string(c.Scope)}
	}
	return rows
}

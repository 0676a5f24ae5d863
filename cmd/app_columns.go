package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/build"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/tree"
)

// tables returns the tables that a command may print, without what is in them: for the names of their columns. more says
// that a result has others as well, such as settings. Without any table, the command prints none, or only its result tells.
func (a *App) tables(command string) (all []output.Table, more bool) {
	one := func(t output.Table) ([]output.Table, bool) { return []output.Table{t}, false }
	destinations := []output.Table{destDetails(&segment.Destination{})}
	switch command {
	case "catalog get":
		return one(entryTable(nil))
	case "config set", "config unset", "dest delete", "installs remove", "sandbox reset", "source delete":
		return one(doneTable("", ""))
	case "commands":
		return one(commandTable(tree.View{}))
	case "catalog list":
		return one(catalogTable(nil))
	case "config list", "init":
		return one(settingTable(nil))
	case "config profiles":
		return one(profileTable(nil))
	case "dest create":
		return destinations, true
	case "dest enable", "dest disable", "dest update":
		return append(destinations, output.Table{Header: plannedHeader()}), true
	case "dest get":
		return append(destinations, output.Table{Header: getHeader()}), true
	case "dest check":
		return one(output.Table{Header: healthHeader()})
	case "dest watch":
		return one(output.Table{Header: watchHeader()})
	case "dest list":
		return one(destTable(nil))
	case "doctor":
		return one(findingTable(nil))
	case "installs import":
		return []output.Table{{Rows: a.installRows(installView{})}, adoptionTable(adoptionView{})}, false
	case "installs export":
		return one(output.Table{Header: fleet.InstallColumns()})
	case "installs list":
		return one(a.installTable(nil))
	case "installs show", "installs use", "installs label", "token refresh":
		return one(output.Table{Rows: a.installRows(installView{})})
	case "sandbox fault add", "sandbox fault list":
		return one(faultTable(nil))
	case "sandbox quirk list", "sandbox quirk set":
		return one(quirkTable(nil))
	case "sandbox requests":
		return one(requestTable(nil))
	case "sandbox counters":
		return []output.Table{countersTable(sandbox.Counters{})}, true
	case "serve check":
		return one(findingTable(nil))
	case "serve events":
		return one(eventTable(nil))
	case "serve key create":
		return one(sealKeyTable(sealKey{}))
	case "serve link":
		return one(linkTable(linkView{}))
	case "serve migrate":
		return one(migrationTable(migration{}))
	case "serve rotate":
		return one(rotationTable(rotation{}))
	case "serve token create":
		return one(newTokenTable(tokenName{}))
	case "serve token list":
		return one(tokenNameTable(nil))
	case "source create", "source get":
		return one(a.sourceDetails(&segment.Source{}))
	case "source list":
		return one(a.sourceTable(nil))
	case "token show":
		return one(a.tokenDetails(tokenView{}, true))
	case "version":
		return one(versionDetails(build.Info{}))
	case "workspace get":
		return one(workspaceDetails(&segment.Workspace{}))
	case "workspace list":
		return one(workspaceTable(nil))
	}
	return nil, false
}

// columnTitles returns the titles of the columns that a command may print, each once.
func (a *App) columnTitles(command string) (titles []string, more bool) {
	all, more := a.tables(command)
	for _, t := range all {
		for _, title := range t.Titles() {
			if !slices.Contains(titles, title) {
				titles = append(titles, title)
			}
		}
	}
	return titles, more
}

// checkColumns refuses a column that the command is known not to have, before it does anything.
func (a *App) checkColumns() error {
	if len(a.flags.columns) == 0 {
		return nil
	}
	command := strings.Join(a.command, " ")
	titles, more := a.columnTitles(command)
	switch {
	case command == "api", command == "config get":
		return problem.Usage("%s prints no table, so that it has no columns", command)
	case len(titles) == 0 || more || slices.Contains(a.flags.columns, ""):
		return nil
	}
	return printable(output.CheckColumns(a.flags.columns, titles))
}

// completeColumns completes the last of the columns that are typed, separated by commas.
func (a *App) completeColumns(c *cobra.Command, _ []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
	titles, _ := a.columnTitles(strings.Join(commandOf(c), " "))
	before := toComplete[:strings.LastIndexByte(toComplete, ',')+1]
	var found []cobra.Completion
	for _, title := range titles {
		name := before + output.ColumnName(title)
		if strings.HasPrefix(name, toComplete) && !slices.Contains(strings.Split(before, ","), output.ColumnName(title)) {
			found = append(found, name)
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

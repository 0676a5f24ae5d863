package cmd

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/candidates"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/rawapi"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/serve/logging"
	"github.com/segctl/segctl/internal/tree"
)

const (
	// completionTime is how long a completion may take in all. Then there are no candidates: a shell that hangs on TAB is
	// worse.
	completionTime = 100 * time.Millisecond
	// lookupTime is how long keyring and network are waited for. It leaves time to fall back on what is on this disk.
	lookupTime = 90 * time.Millisecond
)

// lookup returns the candidates for one word of a command line; args are the arguments before it.
type lookup func(ctx context.Context, c *cobra.Command, args []string) []cobra.Completion

// addCompletions gives the commands below c their completions. A flag is completed by its name, an argument by what the
// command's usage line calls it, so that a new command is completed like the others. Whatever is not known here completes
// to nothing, and never to the files of the working directory.
func (a *App) addCompletions(c *cobra.Command) {
	c.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	byFlag, byArgument := a.flagLookups(), a.argumentLookups()
	a.addLookups(c, byFlag, byArgument)
}

func (a *App) addLookups(c *cobra.Command, byFlag map[string]cobra.CompletionFunc, byArgument map[string]lookup) {
	for name, complete := range byFlag {
		if c.Flags().Lookup(name) != nil || c.PersistentFlags().Lookup(name) != nil {
			_ = c.RegisterFlagCompletionFunc(name, complete) // it fails only where the command has its own already
		}
	}
	if names := tree.ArgumentNames(c.Use); len(names) > 0 && c.ValidArgsFunction == nil {
		c.ValidArgsFunction = func(c *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if names[0] == "CMD" {
				return nil, cobra.ShellCompDirectiveDefault
			}
			if len(args) < len(names) {
				name := names[len(args)]
				for _, key := range []string{name, c.Parent().Name() + " " + name} {
					if find := byArgument[key]; find != nil {
						return a.complete(find, cobra.ShellCompDirectiveNoFileComp)(c, args, toComplete)
					}
				}
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
	}
	for _, sub := range c.Commands() {
		a.addLookups(sub, byFlag, byArgument)
	}
}

// argumentLookups are by the argument's name or, where that says too little, by its command's group and name.
func (a *App) argumentLookups() map[string]lookup {
	return map[string]lookup{
		"DEST":          a.findReached,
		"SLUG":          a.findSlugs,
		"SOURCE":        a.findSources,
		"WORKSPACE":     a.findWorkspaces,
		"installs NAME": a.findInstalls,
		"snapshot NAME": a.findSnapshots,
		"config KEY":    findKeys,
		"fault KIND":    findFaults,
		"NAME=VALUE":    listed(candidates.Quirks),
		"METHOD":        fixed(rawapi.Methods()...),
		"config VALUE":  a.findValues,
	}
}

func (a *App) flagLookups() map[string]cobra.CompletionFunc {
	const plain, noSpace = cobra.ShellCompDirectiveNoFileComp, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	files := func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return map[string]cobra.CompletionFunc{
		"profile":         a.complete(a.findProfiles, plain),
		"install":         a.complete(a.findInstalls, plain),
		"output":          a.complete(listed(candidates.Formats), plain),
		"store":           a.complete(listed(candidates.Stores), plain),
		"scope":           a.complete(a.findScopes, plain),
		"source":          a.complete(a.findSources, plain),
		"destination":     a.complete(a.findSlugs, plain),
		"workspace":       a.complete(a.findWorkspaces, plain),
		"auto-approve":    a.complete(fixed(firstSource, sandbox.DenyAll), plain),
		"method":          a.complete(fixed("GET", "POST", "PUT", "PATCH", "DELETE"), plain),
		"connection-mode": a.complete(listed(candidates.Modes), plain),
		"set":             a.complete(a.findSettings("="), noSpace),
		"set-json":        a.complete(a.findSettings("="), noSpace),
		"unset":           a.complete(a.findSettings(""), plain),
		"until":           a.complete(findHealths, plain),
		"quirk":           a.complete(listed(candidates.Quirks), plain),
		"only":            a.complete(listed(candidates.Collections), plain),
		"log-format":      a.complete(fixed(logging.Formats()...), plain),
		"log-level":       a.complete(fixed(logging.Levels()...), plain),
		"reconnect":       a.complete(a.findInstalls, plain),
		"junit":           files,
		"logo":            files,
		"settings-file":   files,
		"tls-cert":        files,
		"tls-key":         files,
		"columns":         a.completeColumns,
		"env-file":        files,
		"from":            files,
		"file":            files,
		"from-file":       files,
		"input":           files,
	}
}

// complete returns the candidates of find that begin with what was typed. Nothing is said and nobody is asked, whatever
// fails.
func (a *App) complete(find lookup, directive cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if a.prepare(c) != nil { // its flags choose the profile and the install
			return nil, directive
		}
		a.flags.quiet, a.flags.noInput, a.flags.verbose = true, true, false
		tooLong := time.After(completionTime)
		ctx, cancel := context.WithTimeout(c.Context(), lookupTime)
		defer cancel()
		found := make(chan []cobra.Completion, 1)
		go func() { found <- find(ctx, c, args) }() // a file system or keyring that hangs knows no context
		select {
		case words := <-found:
			return slices.DeleteFunc(slices.Clone(words), func(candidate cobra.Completion) bool {
				return !strings.HasPrefix(candidate, toComplete)
			}), directive
		case <-tooLong:
			return nil, directive
		}
	}
}

// quietWorld returns a World that says nothing, asks nobody and refreshes nothing. A token on standard input is left
// there: a completion cannot read what the command is going to read.
func (a *App) quietWorld() (*account.World, bool) {
	if a.flags.tokenStdin {
		return nil, false
	}
	w, err := a.World()
	if err != nil {
		return nil, false
	}
	return w.Quiet(), true
}

// quietSelector returns what chooses the install on the command line that is being completed.
func (a *App) quietSelector(c *cobra.Command) install.Selector {
	return install.Selector{Install: a.flags.install, Workspace: flagValue(c, "workspace")}
}

func flagValue(c *cobra.Command, name string) string {
	if f := c.Flags().Lookup(name); f != nil {
		return f.Value.String()
	}
	return ""
}

// listed looks a closed set up when it is asked for.
func listed(words func() []string) lookup {
	return func(context.Context, *cobra.Command, []string) []cobra.Completion { return words() }
}

func fixed(words ...string) lookup {
	return func(context.Context, *cobra.Command, []string) []cobra.Completion { return words }
}

// findValues completes the value of a setting.
func (a *App) findValues(ctx context.Context, c *cobra.Command, args []string) []cobra.Completion {
	switch args[0] {
	case config.Profile:
		return a.findProfiles(ctx, c, nil)
	case config.Scope:
		return a.findScopes(ctx, c, nil)
	case config.Store:
		return candidates.Stores()
	case config.Output:
		return candidates.Formats()
	}
	return nil
}

func (a *App) findProfiles(context.Context, *cobra.Command, []string) []cobra.Completion {
	s, err := a.Settings()
	if err != nil {
		return nil
	}
	return s.Profiles()
}

package problem

import (
	"slices"
	"strings"

	"github.com/kballard/go-shellquote"
)

// Hint is what to do next: a command of segctl, and a few words about it.
type Hint struct {
	Args    []string // without "segctl" in front
	Comment string   // what the command does, or when it helps; may be ""
}

// Run returns a hint.
func Run(comment string, args ...string) Hint { return Hint{Args: args, Comment: comment} }

// Flag is a flag of a run that says in which context it took place.
type Flag struct {
	Name  string // without dashes
	Value string // "" for a switch
}

// Context is the run that a hint belongs to. The command that a hint proposes gets the same context flags: without them
// it would act on another profile, server or install.
type Context struct {
	Command []string // that ran, such as dest get
	Covers  string   // what the install in use covers, in words, where its scope bounds it; "" is not known
	Flags   []Flag   // of profile, sandbox, store, install and scope, those that were given
}

// On returns the same run for one install, whatever chose it.
func (c Context) On(install string) Context {
	flags := slices.DeleteFunc(slices.Clone(c.Flags), func(f Flag) bool { return f.Name == "install" })
	return Context{Command: c.Command, Covers: c.Covers, Flags: append(flags, Flag{"install", install})}
}

// Render returns the hint as a line to paste into a shell, quoted where that is needed.
func (c Context) Render(h Hint) string {
	args := slices.Concat([]string{"segctl"}, h.Args)
	for _, f := range c.Flags {
		if !h.takes(f.Name) {
			continue
		}
		args = append(args, "--"+f.Name)
		if f.Value != "" {
			args = append(args, f.Value)
		}
	}
	line := shellquote.Join(args...)
	if h.Comment != "" {
		line += "   # " + h.Comment
	}
	return line
}

// takes reports whether a hint's command is to get a context flag: it has it not yet, and it is about what the flag
// chooses.
func (h Hint) takes(flag string) bool {
	if len(h.Args) == 0 || slices.Contains(h.Args, "--help") || h.Args[0] == "help" {
		return false
	}
	for _, arg := range h.Args {
		if arg == "--"+flag || strings.HasPrefix(arg, "--"+flag+"=") {
			return false
		}
	}
	switch flag {
	case "scope":
		return h.Args[0] == "install"
	case "install":
		return slices.Contains([]string{"dest", "token", "source", "workspace", "api"}, h.Args[0])
	case "profile", "sandbox":
		return !slices.Contains(h.Args, "--profile") && !slices.Contains(h.Args, "--sandbox") && !startsSandbox(h.Args)
	case "store":
		return !startsSandbox(h.Args)
	}
	return true
}

// startsSandbox reports whether a command makes a sandbox of its own, which no profile chooses.
func startsSandbox(args []string) bool {
	return len(args) > 1 && args[0] == "sandbox" && slices.Contains([]string{"start", "run", "demo"}, args[1])
}

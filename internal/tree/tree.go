// Package tree is about a tree of cobra's commands as such: the words of a command, what its usage line calls its arguments,
// the command lines of its examples, the variables of its flags, and a description of all of it for programs. It knows no
// command of segctl's.
package tree

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const (
	// VariablesAnnotation marks a command whose own flags have variables. Its value is what their names begin with.
	VariablesAnnotation = "segctl_variables"
	// SettingAnnotation marks a flag that sets a setting. Its value is the setting's key.
	SettingAnnotation = "segctl_setting"
	// Prefix begins the variables of settings, and of the flags of every command.
	Prefix = "SEGCTL_"
)

// Words returns the words of a command, without the program's.
func Words(c *cobra.Command) []string { return strings.Fields(c.CommandPath())[1:] }

// Variable returns the variable that sets a flag where it is not given, "" for none; that of a setting is named for the
// setting.
func Variable(f *pflag.Flag, prefix string) string {
	name := f.Name
	if key := f.Annotations[SettingAnnotation]; len(key) > 0 {
		prefix, name = Prefix, key[0]
	}
	if prefix == "" {
		return ""
	}
	return prefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// ArgumentNames returns what a usage line calls its arguments: KEY and VALUE for "set KEY [VALUE]".
func ArgumentNames(use string) []string {
	var names []string
	for _, word := range strings.Fields(use)[1:] {
		word = strings.Trim(word, "[].")
		switch {
		case strings.HasPrefix(word, "--") && word != "--":
			return names // a flag that is required, with its value
		case word != "" && word == strings.ToUpper(word) && word != "--":
			names = append(names, word)
		}
	}
	return names
}

// ExampleLines returns the command lines of an example; one that ends in a backslash or a pipe goes on with the next.
func ExampleLines(example string) []string {
	var lines []string
	whole := ""
	for line := range strings.Lines(example) {
		line = strings.TrimSpace(line)
		before, goesOn := strings.CutSuffix(line, `\`)
		whole += before
		if goesOn || whole == "" {
			continue
		}
		if strings.HasSuffix(whole, "|") {
			whole += " "
			continue
		}
		lines = append(lines, whole)
		whole = ""
	}
	return lines
}

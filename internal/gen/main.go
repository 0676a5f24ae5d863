// Command gen writes what is generated from the command tree: docs/reference and completions/. Run it from the
// project's root: go run ./internal/gen
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/segctl/segctl/cmd"
)

func main() {
	if err := generate("."); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// generate writes below the project's root. What a command left behind that is gone now is removed.
func generate(root string) error {
	tree := cmd.Root()
	tree.InitDefaultHelpCmd()
	tree.InitDefaultCompletionCmd()
	markGenerated(tree)
	reference := filepath.Join(root, "docs", "reference")
	if err := os.RemoveAll(reference); err != nil {
		return err
	}
	if err := os.MkdirAll(reference, 0o755); err != nil {
		return err
	}
	if err := doc.GenMarkdownTree(tree, reference); err != nil {
		return fmt.Errorf("write reference: %w", err)
	}
	completions := filepath.Join(root, "completions")
	if err := os.MkdirAll(completions, 0o755); err != nil {
		return err
	}
	for name, write := range map[string]func(string) error{
		"segctl.bash": func(file string) error { return tree.GenBashCompletionFileV2(file, true) },
		"_segctl":     tree.GenZshCompletionFile,
		"segctl.fish": func(file string) error { return tree.GenFishCompletionFile(file, true) },
		"segctl.ps1":  tree.GenPowerShellCompletionFileWithDesc,
	} {
		if err := write(filepath.Join(completions, name)); err != nil {
			return fmt.Errorf("write completion %s: %w", name, err)
		}
	}
	return nil
}

// markGenerated leaves the date out of every page: a page changes only when its command does.
func markGenerated(c *cobra.Command) {
	c.DisableAutoGenTag = true
	for _, sub := range c.Commands() {
		markGenerated(sub)
	}
}

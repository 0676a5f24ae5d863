// Command gen writes what is generated: from the command tree docs/reference, docs/man and completions/, and from the
// modules that segctl is linked with docs/THIRD_PARTY_NOTICES. Run it from the project's root: go run ./internal/gen
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/segctl/segctl/cmd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := generate(ctx, ".", "."); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// generated are the paths that this program writes, below the project's root. What is in a folder of them and was not
// written is removed: a command that is gone leaves no page behind.
func generated() []string {
	return []string{"docs/reference", "docs/man", "completions", "docs/THIRD_PARTY_NOTICES"}
}

// generate writes below root what belongs to the project in source.
func generate(ctx context.Context, source, root string) error {
	for _, path := range generated() {
		if err := os.RemoveAll(filepath.Join(root, path)); err != nil {
			return err
		}
	}
	for folder, write := range map[string]func(string) error{
		"docs/reference": writeReference,
		"docs/man":       writeManPages,
		"completions":    writeCompletions,
	} {
		folder = filepath.Join(root, folder)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := write(folder); err != nil {
			return fmt.Errorf("write %s: %w", folder, err)
		}
	}
	text, err := notices(ctx, source)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "docs", "THIRD_PARTY_NOTICES"), text, 0o644)
}

func writeCompletions(folder string) error {
	tree := cmd.Root()
	for name, write := range map[string]func(string) error{
		"segctl.bash": func(file string) error { return tree.GenBashCompletionFileV2(file, true) },
		"_segctl":     tree.GenZshCompletionFile,
		"segctl.fish": func(file string) error { return tree.GenFishCompletionFile(file, true) },
		"segctl.ps1":  tree.GenPowerShellCompletionFileWithDesc,
	} {
		if err := write(filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

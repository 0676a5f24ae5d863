// Command gen writes what is generated: from the command tree docs/reference, docs/man, completions/ and the list of man
// pages in .goreleaser.yaml, and from the modules that segctl is linked with docs/THIRD_PARTY_NOTICES. Run it from the project's root: go run ./internal/gen
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
	err := generate(ctx, ".", ".")
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// generatedFolders are what this program writes whole, below the project's root: a command that is gone leaves no page
// behind.
func generatedFolders() map[string]func(folder string) error {
	return map[string]func(string) error{
		"docs/reference": writeReference,
		"docs/man":       writeManPages,
		"completions":    writeCompletions,
	}
}

// noticesFile is below the project's root, too.
const noticesFile = "docs/THIRD_PARTY_NOTICES"

// generate writes below root what belongs to the project in source.
func generate(ctx context.Context, source, root string) error {
	for path, write := range generatedFolders() {
		folder := filepath.Join(root, path)
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := write(folder); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	if err := writeCask(source, root); err != nil {
		return err
	}
	text, err := notices(ctx, source)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, noticesFile), text, 0o644)
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

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/segctl/segctl/cmd"
)

func writeReference(folder string) error { return doc.GenMarkdownTree(documented("<"), folder) }

// writeManPages writes a page of section 1 for each command, and one of section 7 for each topic of `segctl help`.
func writeManPages(folder string) error {
	tree := documented("\\`*_<[")
	if err := doc.GenManTree(tree, manHeader("1"), folder); err != nil {
		return err
	}
	for _, c := range tree.Commands() {
		if !c.IsAdditionalHelpTopicCommand() || c.Hidden {
			continue
		}
		if err := writeTopic(c, folder); err != nil {
			return err
		}
	}
	return keepFlagsWhole(folder)
}

// keepFlagsWhole writes the hyphens of flags as what is typed: man breaks lines at any other, and shows it as another
// character in some locales.
func keepFlagsWhole(folder string) error {
	pages, err := filepath.Glob(filepath.Join(folder, "*.[17]"))
	if err != nil {
		return err
	}
	flag := regexp.MustCompile(`--[a-z][a-z-]*`)
	for _, path := range pages {
		page, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		page = flag.ReplaceAllFunc(page, func(name []byte) []byte { return bytes.ReplaceAll(name, []byte("-"), []byte(`\-`)) })
		if err := os.WriteFile(path, page, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeTopic writes the page of a topic, which has no flags. Its text is in lines and columns that are kept.
func writeTopic(c *cobra.Command, folder string) error {
	name, h := strings.ReplaceAll(c.CommandPath(), " ", "-"), manHeader("7")
	page := md2man.Render(fmt.Appendf(nil, `%% "%s" "%s" "%s" "%s" "%s"
# NAME
%s \- %s

# SYNOPSIS
**%s help %s**

# DESCRIPTION
    %s

# SEE ALSO
**%[8]s(1)**
`, strings.ToUpper(name), h.Section, h.Date.Format("Jan 2006"), h.Source, h.Manual, name, c.Short,
		c.Root().Name(), c.Name(), strings.ReplaceAll(c.Long, "\n", "\n    ")))
	return os.WriteFile(filepath.Join(folder, name+"."+h.Section), page, 0o644)
}

// manHeader has a date that stays: a page changes only when its command does.
func manHeader(section string) *doc.GenManHeader {
	date := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	return &doc.GenManHeader{Section: section, Date: &date, Source: "segctl", Manual: "segctl manual"}
}

// documented returns the command tree as cobra's documentation wants it: with texts in Markdown. special are the characters
// that whoever reads it would take for mark-up: all of them for md2man, which makes SEGCTL_TOKEN_TTL italic in the middle.
func documented(special string) *cobra.Command {
	tree := cmd.Root()
	tree.InitDefaultHelpCmd()
	tree.InitDefaultCompletionCmd()
	each(tree, func(c *cobra.Command) {
		c.DisableAutoGenTag = true             // which would put a date into every page
		if !c.IsAdditionalHelpTopicCommand() { // whose texts are in lines and columns as a whole
			c.Long = asMarkdown(c.Long, special)
		}
	})
	return tree
}

func each(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, sub := range c.Commands() {
		each(sub, do)
	}
}

// asMarkdown keeps the indented lines of a help text in their columns, and special characters in other lines as they are.
// Markdown takes a line for preformatted that has four blanks before it, and an empty line above.
func asMarkdown(text, special string) string {
	var b strings.Builder
	inBlock, above := false, ""
	for line := range strings.Lines(text) {
		indented := strings.IndexAny(line, " \t") == 0 || inBlock && strings.TrimSpace(line) == ""
		if indented != inBlock && strings.TrimSpace(above) != "" {
			b.WriteString("\n")
		}
		switch {
		case !indented:
			line = escape(line, special)
		case strings.HasPrefix(line, " ") && strings.TrimSpace(line) != "":
			line = "    " + line // a tab is enough as it is
		}
		b.WriteString(line)
		inBlock, above = indented, line
	}
	return b.String()
}

// escape puts a backslash before each special character.
func escape(line, special string) string {
	var b strings.Builder
	for _, r := range line {
		if strings.ContainsRune(special, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

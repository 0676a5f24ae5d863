package tree

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

func TestArgumentNames(t *testing.T) {
	t.Parallel()
	for use, want := range map[string][]string{
		"list":                              nil,
		"get [DEST]":                        {"DEST"},
		"set KEY [VALUE]":                   {"KEY", "VALUE"},
		"run [flags] -- CMD [ARG...]":       {"CMD", "ARG"},
		"create SOURCE --catalog-name KIND": {"SOURCE"},
	} {
		if diff := cmp.Diff(want, ArgumentNames(use)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", use, diff)
		}
	}
}

func TestExampleLines(t *testing.T) {
	t.Parallel()
	got := ExampleLines("  a b\n  c \\\n    d\n\n  e |\n    f")
	if diff := cmp.Diff([]string{"a b", "c d", "e | f"}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// several is a flag of segctl's own that may be repeated.
type several struct{}

func (several) Set(string) error   { return nil }
func (several) String() string     { return "" }
func (several) Type() string       { return "key=value" }
func (several) IsRepeatable() bool { return true }

func TestDescribe(t *testing.T) {
	t.Parallel()
	run := func(*cobra.Command, []string) {}
	root := &cobra.Command{Use: "segctl"}
	root.PersistentFlags().String("api-url", "x", "`URL` of the API")
	if err := root.PersistentFlags().SetAnnotation("api-url", SettingAnnotation, []string{"api_url"}); err != nil {
		t.Fatal(err)
	}
	group := &cobra.Command{Use: "dest"}
	get := &cobra.Command{Use: "get [DEST]", Short: "Show one", Example: "  segctl dest get", Run: run}
	get.Flags().VarP(several{}, "field", "f", "a field")
	serve := &cobra.Command{Use: "serve", Annotations: map[string]string{VariablesAnnotation: "SEGCTL_SERVE_"}, Run: run}
	serve.Flags().StringArray("allow-url", nil, "allowed")
	serve.AddCommand(&cobra.Command{Use: "gone", Hidden: true, Run: run})
	group.AddCommand(get)
	root.AddCommand(group, serve, &cobra.Command{Use: "topic", Long: "a page of the help"})

	got := Describe(root, "1.2.3", func(c *cobra.Command) (bool, []string) { return c == get, nil })
	want := View{
		Version: "1.2.3",
		Commands: []Command{
			{
				Command: "dest get", Usage: "segctl dest get [DEST] [flags]", Aliases: []string{}, Short: "Show one",
				Examples: []string{"segctl dest get"}, Output: true, Columns: []string{},
				Flags: []Flag{{Name: "field", Shorthand: "f", Type: "key=value", Repeatable: true, About: "a field"}},
			},
			{
				Command: "serve", Usage: "segctl serve [flags]", Aliases: []string{}, Examples: []string{}, Columns: []string{},
				Flags: []Flag{{
					Name: "allow-url", Type: "stringArray", Default: "[]", Repeatable: true, Variable: "SEGCTL_SERVE_ALLOW_URL", About: "allowed",
				}},
			},
		},
		Flags:     []Flag{{Name: "api-url", Type: "string", Default: "x", Variable: "SEGCTL_API_URL", About: "URL of the API"}},
		ExitCodes: got.ExitCodes,
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got.ExitCodes) == 0 {
		t.Errorf("the tree (-want +got):\n%s", diff)
	}
}

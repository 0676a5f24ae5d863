package problem

import "testing"

// TestRender wants a line that can be pasted: quoted for the shell, and about the same profile, store and install as the
// run that failed.
func TestRender(t *testing.T) {
	t.Parallel()
	run := Context{Flags: []Flag{
		{Name: "profile", Value: "a b"}, {Name: "store", Value: "file"}, {Name: "install", Value: "$(id)"}, {Name: "scope", Value: "workspace"},
	}}
	for want, hint := range map[string]Hint{
		`segctl token refresh --profile 'a b' --store file --install \$\(id\)`:       Run("", "token", "refresh"),
		`segctl installs use installs/1 --profile 'a b' --store file   # on acme/js`: Run("on acme/js", "installs", "use", "installs/1"),
		`segctl install --profile 'a b' --store file --scope workspace`:              Run("", "install"),
		`segctl install --scope destination/clearbrain --profile 'a b' --store file`: Run("", "install", "--scope", "destination/clearbrain"),
		`segctl token refresh --install installs/7 --profile 'a b' --store file`:     Run("", "token", "refresh", "--install", "installs/7"),
		`segctl installs import installs/1 --profile other --store file`:             Run("", "installs", "import", "installs/1", "--profile", "other"),
		`segctl dest get --help`: Run("", "dest", "get", "--help"),
		`segctl sandbox start`:   Run("", "sandbox", "start"),
		"segctl dest enable workspaces/\\`id\\` --profile 'a b' --store file --install \\$\\(id\\)": Run("", "dest", "enable", "workspaces/`id`"),
	} {
		if got := run.Render(hint); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	boxed := Context{Flags: []Flag{{Name: "sandbox"}}}
	if got, want := boxed.Render(Run("", "dest", "get")), "segctl dest get --sandbox"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

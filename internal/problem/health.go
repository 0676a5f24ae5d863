package problem

import "github.com/segctl/segctl/internal/destination"

// ForHealth returns what to do about a destination of that health, and false where there is nothing to do, or where the
// error that is behind it says it better. slug is the destination's, "" for the one that the scope names; files say what it
// should be.
func ForHealth(h destination.Health, slug string, files []string) (Hint, bool) {
	on := func(comment string, args ...string) (Hint, bool) {
		if slug != "" {
			args = append(args, slug)
		}
		return Run(comment, args...), true
	}
	switch h {
	case destination.IsChanged:
		args := []string{"dest", "apply"}
		for _, file := range files {
			args = append(args, "-f", file)
		}
		return Run("makes it as the file says; dest diff shows what that is", args...), true
	case destination.IsDisabled:
		return on("switches it on again; a filter is the customer's to change", "dest", "enable")
	case destination.IsInvalid:
		if slug == "" {
			slug = "SLUG"
		}
		return Run("the settings that it needs", "catalog", "get", slug), true
	case destination.IsMissing:
		return on("creates it again", "dest", "enable")
	case destination.NoAccess:
		return Run("asks the owner of the workspace to install the App again", "install"), true
	case destination.Unrefreshable:
		return Run("where the client id and client secret come from; compare them with the App's page", "config", "list"), true
	case destination.Healthy, destination.Unreachable:
	}
	return Hint{}, false
}

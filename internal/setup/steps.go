// Package setup is what an App needs before it can be installed on a first workspace: each setting, where a person finds
// it, how it is checked at once, and one step that saves them all.
//
// It asks nobody anything and prints nothing; who asks is the caller.
package setup

import "github.com/segctl/segctl/internal/config"

// Step is a setting that an App needs.
type Step struct {
	Key   string
	Title string   // what it is called in a prompt
	Where []string // lines that say where it stands, and what it is for
}

// Steps returns the steps in the order to take them.
func Steps() []Step {
	return []Step{
		{config.ClientID, "client id", []string{
			"Developer Center → your App → App Info → OAuth.",
		}},
		{config.ClientSecret, "client secret", []string{
			"Beside the client id. It goes into the store chosen below, not config.yaml.",
		}},
		{config.Scope, "slug or scope", []string{
			"The slug is the last word of your destination's URL in Segment's catalog:",
			"clearbrain for …/destinations/clearbrain. The App must have a component for",
			"it. An App for whole workspaces has the scope workspace or workspace:read.",
		}},
		{config.RedirectURL, "redirect URL", []string{
			"One of the redirect URLs in the App's list, under App Info → OAuth, to the",
			"letter. If the list has none for localhost, add this one to it.",
		}},
		{config.Store, "store", []string{
			"Where tokens and the client secret are kept: keyring, which is your system's,",
			"or file, which other users of this machine cannot read.",
		}},
	}
}

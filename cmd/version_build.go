package cmd

import "github.com/segctl/segctl/internal/build"

// The linker sets these in a release, as .goreleaser.yaml says. A build from source knows them from the information that Go
// puts into each binary.
var (
	version  = "" // such as "1.2.3"
	commit   = "" // the whole hash
	date     = "" // of the commit and not of the build, so that building again gives the same bytes; RFC 3339
	modified = "" // "true" where files differed from the commit
)

// thisBuild returns what is known of the running program.
func thisBuild() build.Info {
	return build.This(build.Info{Version: version, Commit: commit, Date: date, Modified: modified == "true"})
}

// Version returns the version alone, such as "1.2.3", or "devel" where it is not known.
func Version() string { return thisBuild().Version }

// userAgent is how segctl calls itself to servers.
func userAgent() string { return "segctl/" + Version() }

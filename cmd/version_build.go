package cmd

import (
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	gomodule "golang.org/x/mod/module"
)

// The linker sets these in a release, as .goreleaser.yaml says. A build from source knows them from the information that Go
// puts into each binary.
var (
	version  = "" // such as "1.2.3"
	commit   = "" // the whole hash
	date     = "" // of the commit and not of the build, so that building again gives the same bytes; RFC 3339
	modified = "" // "true" where files differed from the commit
)

// versionView is what `segctl version` prints; its JSON names are promised.
type versionView struct {
	Version  string `json:"version"`  // "1.2.3", a pseudo-version of Go's, or "devel" where nothing is known
	Commit   string `json:"commit"`   // "" where it is not known; the first 12 digits where `go install` knows no more
	Date     string `json:"date"`     // of the commit; "" where it is not known
	Go       string `json:"go"`       // such as "go1.26.0"
	Platform string `json:"platform"` // such as "linux/amd64"
	Modified bool   `json:"modified"` // files differed from the commit
}

// devel is the version of a build of which nothing is known.
const devel = "devel"

// thisBuild returns what is known of the running program.
func thisBuild() versionView {
	v := versionView{Version: version, Commit: commit, Date: date, Modified: modified == "true"}
	if version == "" {
		info, _ := debug.ReadBuildInfo()
		v = builtFrom(info)
	}
	v.Go, v.Platform = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH
	return v
}

// builtFrom reads what Go writes into a binary: `go build` in a checkout names the commit, and `go install` of a version
// names that alone, which has the commit in it where nobody tagged one. nil is a binary without the information.
func builtFrom(info *debug.BuildInfo) versionView {
	if info == nil {
		return versionView{Version: devel}
	}
	v := versionView{Version: strings.TrimPrefix(info.Main.Version, "v")}
	if v.Version == "" || v.Version == "(devel)" {
		v.Version = devel
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Date = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	if v.Commit == "" {
		v.Commit, v.Date = ofPseudoVersion(v.Version)
	}
	return v
}

// ofPseudoVersion returns the commit that a version names where nobody tagged one, and its time.
func ofPseudoVersion(version string) (commit, date string) {
	version = "v" + version
	if !gomodule.IsPseudoVersion(version) {
		return "", ""
	}
	commit, _ = gomodule.PseudoVersionRev(version)
	if t, err := gomodule.PseudoVersionTime(version); err == nil {
		date = t.Format(time.RFC3339)
	}
	return commit, date
}

// Version returns the version alone, such as "1.2.3", or "devel" where it is not known.
func Version() string { return thisBuild().Version }

// userAgent is how segctl calls itself to servers.
func userAgent() string { return "segctl/" + Version() }

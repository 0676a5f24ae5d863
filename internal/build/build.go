// Package build says which build of segctl is running.
package build

import (
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	gomodule "golang.org/x/mod/module"
)

// Info is what is known of a build. Its JSON names are promised.
type Info struct {
	Version  string `json:"version"`  // "1.2.3", a pseudo-version of Go's, or "devel" where nothing is known
	Commit   string `json:"commit"`   // "" where it is not known; the first 12 digits where `go install` knows no more
	Date     string `json:"date"`     // of the commit; "" where it is not known
	Go       string `json:"go"`       // such as "go1.26.0"
	Platform string `json:"platform"` // such as "linux/amd64"
	Modified bool   `json:"modified"` // files differed from the commit
}

// devel is the version of a build of which nothing is known.
const devel = "devel"

// This completes what the linker was told of the running program. Where it was told no version, Go's own information says
// what it can.
func This(told Info) Info {
	if told.Version == "" {
		info, _ := debug.ReadBuildInfo()
		told = from(info)
	}
	told.Go, told.Platform = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH
	return told
}

// from reads what Go writes into a binary: `go build` in a checkout names the commit, and `go install` of a version
// names that alone, which has the commit in it where nobody tagged one. nil is a binary without the information.
func from(info *debug.BuildInfo) Info {
	if info == nil {
		return Info{Version: devel}
	}
	v := Info{Version: strings.TrimPrefix(info.Main.Version, "v")}
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

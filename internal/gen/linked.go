package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// targets are the systems that there are releases for, as GOOS/GOARCH. A test compares them with .goreleaser.yaml.
func targets() []string {
	return []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
}

// linkedModule is a module that has packages in a binary of segctl.
type linkedModule struct {
	path, version string
	root          string   // the folder that holds it
	folders       []string // of its packages that are linked
}

// title returns the module's name and version. Go's own library has none here: it is that of whoever builds.
func (m *linkedModule) title() string { return strings.TrimSpace(m.path + " " + m.version) }

// standardLibrary is the name of the packages that come with Go.
const standardLibrary = "Go's standard library and runtime"

// addLinked adds the modules whose packages are linked for a target.
func addLinked(ctx context.Context, modules map[string]*linkedModule, source, target string) error {
	system, machine, _ := strings.Cut(target, "/")
	list := exec.CommandContext(ctx, "go", "list", "-deps", "-json=ImportPath,Dir,Root,Standard,Module", ".")
	list.Dir = source
	list.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+machine, "CGO_ENABLED=0", "GOFLAGS=")
	out, err := list.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("go list: %s", bytes.TrimSpace(exit.Stderr))
		}
		return err
	}
	for packages := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Dir, Root string
			Standard              bool
			Module                *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		switch err := packages.Decode(&p); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case p.Standard && strings.HasPrefix(p.ImportPath, "vendor/"): // Go's own copies, under Go's own licence
		case p.Standard:
			add(modules, linkedModule{path: standardLibrary, root: p.Root}, p.Root)
		case p.Module == nil:
			return fmt.Errorf("the package in %s is of no module", p.ImportPath)
		case !p.Module.Main:
			add(modules, linkedModule{path: p.Module.Path, version: p.Module.Version, root: p.Module.Dir}, p.Dir)
		}
	}
}

func add(modules map[string]*linkedModule, m linkedModule, folder string) {
	if modules[m.path] == nil {
		modules[m.path] = &m
	}
	if known := modules[m.path]; !slices.Contains(known.folders, folder) {
		known.folders = append(known.folders, folder)
	}
}

// licences returns the licences of a module: those in its root, and those beside its packages, which hold code from
// elsewhere. A module without any may not be passed on.
func (m *linkedModule) licences() ([]licence, error) {
	var files []string
	for _, folder := range m.folders {
		for ; ; folder = filepath.Dir(folder) {
			found, err := licenceFiles(folder)
			if err != nil {
				return nil, err
			}
			files = append(files, found...)
			if folder == m.root || len(folder) <= len(m.root) {
				break
			}
		}
	}
	slices.Sort(files)
	var all []licence
	known := false
	for _, file := range slices.Compact(files) {
		l, err := readLicence(file)
		if err != nil {
			return nil, err
		}
		name, err := filepath.Rel(m.root, file)
		if err != nil {
			return nil, err
		}
		l.file, known = filepath.ToSlash(name), known || l.name != ""
		all = append(all, l)
	}
	if !known {
		return nil, fmt.Errorf("%s: no licence was found that segctl's binaries may be passed on under; look for one, or for another module", m.title())
	}
	return all, nil
}

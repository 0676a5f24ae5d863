package cmd

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/segctl/segctl"

// ourPackage is one package of the module. Its files are those of every operating system, without tests.
type ourPackage struct {
	path    string // below the module: "cmd", "" for main
	imports []string
	files   map[string]*ast.File // by path
	built   []*ast.File          // those of this operating system
	fset    *token.FileSet
}

func ourPackages(t *testing.T) []ourPackage {
	t.Helper()
	packages, err := listPackages()
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

// listPackages is asked once for all tests of the walls.
var listPackages = sync.OnceValues(func() ([]ourPackage, error) {
	list := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,IgnoredGoFiles,Standard", "./...")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = errors.New(string(exit.Stderr))
		}
		return nil, err
	}
	var packages []ourPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath, Dir         string
			GoFiles, IgnoredGoFiles []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		path, ours := strings.CutPrefix(p.ImportPath+"/", module+"/")
		if !ours {
			continue
		}
		our := ourPackage{path: strings.TrimSuffix(path, "/"), files: map[string]*ast.File{}, fset: token.NewFileSet()}
		for _, name := range slices.Concat(p.GoFiles, p.IgnoredGoFiles) {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			if err := our.read(filepath.Join(p.Dir, name), slices.Contains(p.GoFiles, name)); err != nil {
				return nil, err
			}
		}
		packages = append(packages, our)
	}
})

func (p *ourPackage) read(path string, built bool) error {
	file, err := parser.ParseFile(p.fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	p.files[path] = file
	if built {
		p.built = append(p.built, file)
	}
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if to, ours := strings.CutPrefix(name, module+"/"); ours && !slices.Contains(p.imports, to) {
			p.imports = append(p.imports, to)
		}
	}
	return nil
}

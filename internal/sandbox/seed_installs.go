package sandbox

import (
	"fmt"
	"strconv"
	"strings"
)

// seedInstall is an App on a workspace without a person's consent.
type seedInstall struct {
	Name      string `yaml:"name,omitempty"` // installs/7; the next number when left out
	App       string `yaml:"app,omitempty"`  // the demo App when left out
	Workspace string `yaml:"workspace"`
	Source    string `yaml:"source,omitempty"` // with a destination scope, and only then
	Scope     string `yaml:"scope,omitempty"`  // the App's when left out
	Token     string `yaml:"token,omitempty"`  // a new one when left out; either lives as long as any, from the start
}

// installNumbers gives installs their names.
type installNumbers struct{ last int }

func (n *installNumbers) next() string {
	n.last++
	return "installs/" + strconv.Itoa(n.last)
}

// plantInstalls installs Apps. It returns which numbers are left for more.
func (s *Server) plantInstalls(t *tx, all []seedInstall) (*installNumbers, error) {
	numbers := &installNumbers{}
	for _, in := range all {
		if in.Name == "" {
			continue
		}
		n, err := strconv.Atoi(strings.TrimPrefix(in.Name, "installs/"))
		if err != nil || n < 1 || in.Name != "installs/"+strconv.Itoa(n) {
			return nil, fmt.Errorf("install %q: needs a name like installs/7, or none", in.Name)
		}
		numbers.last = max(numbers.last, n)
	}
	places := map[install]bool{} // by App and place
	for i, in := range all {
		made, err := newSeedInstall(t, in)
		if err != nil {
			return nil, fmt.Errorf("install %d: %w", i+1, err)
		}
		at := install{App: made.App, Workspace: made.Workspace, Source: made.Source}
		if made.Name == "" {
			made.Name = numbers.next()
		}
		if places[at] || t.lookup(made.Name) != nil {
			return nil, fmt.Errorf("install %d: %s is installed on %s twice, or there are two %s", i+1, made.App, made.place(), made.Name)
		}
		places[at] = true
		value := in.Token
		switch {
		case value == "":
			value = newToken()
		case checkSlug("token", value) != nil || t.lookup("tokens/"+value) != nil:
			return nil, fmt.Errorf("install %d: its token has a slash or a space in it, or is another's too", i+1)
		}
		s.issue(t, made, value)
	}
	return numbers, nil
}

// newSeedInstall fills in what is left out, and checks the rest.
func newSeedInstall(t *tx, in seedInstall) (install, error) {
	made := install{Name: in.Name, App: in.App, Scope: in.Scope, Workspace: "workspaces/" + in.Workspace}
	if made.App == "" {
		made.App = demoApp
	}
	client, ok := get[*app](t, made.App)
	if !ok {
		return made, fmt.Errorf("there is no App %q", made.App)
	}
	if made.Scope == "" {
		made.Scope = client.Scope
	}
	if err := checkScope(made.Scope); err != nil {
		return made, err
	}
	if _, ok := get[*workspace](t, made.Workspace); !ok {
		return made, fmt.Errorf("there is no workspace %q", in.Workspace)
	}
	if narrow(made.Scope) != (in.Source != "") {
		return made, fmt.Errorf("with a destination scope, and only then, it is on a source; the scope is %s", made.Scope)
	}
	if in.Source == "" {
		return made, nil
	}
	made.Source = made.Workspace + "/sources/" + in.Source
	if _, ok := get[*source](t, made.Source); !ok {
		return made, fmt.Errorf("workspace %s has no source %q", in.Workspace, in.Source)
	}
	return made, nil
}

// exportInstalls are the installs of a seed file. A token that works goes with its install; one that has expired would
// come alive again, so that it is left out and the seed makes a new one.
func (s *Server) exportInstalls(t *tx) []seedInstall {
	var all []seedInstall
	for _, in := range list[*install](t, "installs") {
		out := seedInstall{Name: in.Name, App: in.App, Workspace: lastWord(in.Workspace), Scope: in.Scope}
		if in.Source != "" {
			out.Source = lastWord(in.Source)
		}
		if tok, ok := get[*token](t, "tokens/"+in.Token); ok && !tok.expired(s.now()) {
			out.Token = in.Token
		}
		all = append(all, out)
	}
	return all
}

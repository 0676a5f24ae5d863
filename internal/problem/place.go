package problem

import (
	"errors"

	"github.com/segctl/segctl/internal/account"
)

// ofPlace is about which workspace, source or destination is meant.
func ofPlace(err error, p *Problem) bool {
	if e, ok := errors.AsType[*account.AmbiguousError](err); ok {
		p.Exit = ExitUsage
		for _, candidate := range e.Candidates[:min(len(e.Candidates), maxHints)] {
			if e.Narrow {
				p.hint("chooses it", "dest", "get", "--"+e.Kind, candidate)
			} else {
				p.hint("--"+e.Kind+" "+candidate+" chooses it", e.Kind, "get", candidate)
			}
		}
		if !e.Narrow || len(e.Candidates) == 0 {
			p.hint("all of them", e.Kind, "list")
		}
		return true
	}
	if e, ok := errors.AsType[*account.UnknownPlaceError](err); ok {
		p.unknownPlace(e)
		return true
	}
	if e, ok := errors.AsType[*account.NarrowError](err); ok {
		p.Exit, p.HTTPStatus, p.Reason = ExitForbidden, 403, "PERMISSION_DENIED"
		p.hint("where it is installed, as far as that is known here", "installs", "show", e.Install)
		p.hint("the destination that it reaches", "dest", "get", "--install", e.Install)
		return true
	}
	if e, ok := errors.AsType[*account.PlaceError](err); ok {
		p.Exit = ExitUsage
		switch e.Kind {
		case "destination":
			p.hint("", "dest", "list")
		default:
			p.hint("", e.Kind, "list")
		}
		return true
	}
	if _, ok := errors.AsType[*account.LabelError](err); ok {
		p.Exit = ExitUsage
		p.hint("which labels there are", "installs", "list")
		return true
	}
	if _, ok := errors.AsType[*account.NoDestinationError](err); ok {
		p.Exit = ExitUsage
		p.Message += ": give its slug or full name, such as clearbrain"
		p.hint("", "dest", "list")
		return true
	}
	if e, ok := errors.AsType[*account.AbsentError](err); ok {
		p.Exit = ExitNotFound
		p.Message += " (it was never created, or your App has no component for it)"
		p.hint("creates it", "dest", "enable", e.Slug, "--source", "NAME")
		p.hint("is the slug right?", "catalog", "list")
		return true
	}
	return false
}

// unknownPlace says how to name what no answer of Segment's tells. A slug is enough for a source where the workspace is
// known.
func (p *Problem) unknownPlace(e *account.UnknownPlaceError) {
	p.Exit = ExitUsage
	p.Message += ": give it with --" + e.Kind
	name := "NAME"
	if e.Kind == "source" && e.Workspace == "" {
		name = "workspaces/WORKSPACE/sources/SOURCE"
	}
	switch {
	case e.Kind == "source" && e.Install != "":
		p.hint("remembers it", "installs", "import", e.Install, "--source", name)
	case e.Kind == "source" && e.Workspace != "":
		p.hint("with the name of the source", "dest", "get", "--source", e.Workspace+"/sources/SOURCE")
	default:
		p.hint("with the name of the "+e.Kind, "dest", "get", "--"+e.Kind, name)
	}
}

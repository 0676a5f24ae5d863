package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Workspaces lists the workspaces that the token sees. The error may be a *NarrowError.
func (a *Account) Workspaces(ctx context.Context) ([]*segment.Workspace, error) {
	all, err := segment.Collect(a.api.Workspaces(ctx))
	if err != nil {
		return nil, fmt.Errorf("list workspaces: %w", a.narrow("workspace", err))
	}
	return all, nil
}

// Sources lists the sources of a workspace. The error may be a *NarrowError.
func (a *Account) Sources(ctx context.Context, workspace segment.Name) ([]*segment.Source, error) {
	all, err := segment.Collect(a.api.Sources(ctx, workspace))
	if err != nil {
		return nil, fmt.Errorf("list sources of %q: %w", workspace, a.narrow("source", err))
	}
	return all, nil
}

// WorkspaceItself is Workspace for a command about the workspace itself. Where the token may not look for it, no name would
// help: the error is the refusal, or a *NarrowError.
func (a *Account) WorkspaceItself(ctx context.Context, p Place) (segment.Name, error) {
	name, err := a.Workspace(ctx, p)
	return name, a.refusal(err)
}

// SourceItself is Source for a command about the source itself. Where the token may not look for it, no name would help:
// the error is the refusal, or a *NarrowError.
func (a *Account) SourceItself(ctx context.Context, p Place) (segment.Name, error) {
	name, err := a.Source(ctx, p)
	return name, a.refusal(err)
}

// refusal returns why a place is unknown, where that is the reason of an error.
func (a *Account) refusal(err error) error {
	unknown, ok := errors.AsType[*UnknownPlaceError](err)
	switch {
	case !ok:
		return err
	case unknown.Err != nil:
		return unknown.Err
	}
	return &NarrowError{Kind: unknown.Kind, Install: a.card.Name, Scope: a.card.Scope}
}

// narrow explains why a list was refused, where the scope of the install is known to be the reason.
func (a *Account) narrow(kind string, err error) error {
	if a.isNarrow() && segment.HasReason(err, segment.PermissionDenied) {
		return &NarrowError{Kind: kind, Install: a.card.Name, Scope: a.card.Scope, Err: err}
	}
	return err
}

// NarrowError says that an install with a destination scope may not list workspaces or sources.
type NarrowError struct {
	Kind    string // "workspace" or "source"
	Install string
	Scope   wire.Scope
	Err     error // the answer; nil where Segment was not asked
}

func (e *NarrowError) Error() string {
	text := fmt.Sprintf("with the scope %s Segment does not let an install list %ss, only reach that one destination", e.Scope, e.Kind)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the answer.
func (e *NarrowError) Unwrap() error { return e.Err }

package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

// createDestination sends a create, or with dryRun prints it.
func (a *App) createDestination(ctx context.Context, p *destPlan, dryRun bool) error {
	if err := a.lookUp(ctx, p); err != nil {
		return err
	}
	if err := p.validate(true); err != nil {
		return err
	}
	body := p.body
	if body.ConnectionMode == "" {
		body.ConnectionMode = p.defaultMode()
	}
	if dryRun {
		return a.printRequest(ctx, p, body, segment.CreateRequest)
	}
	api, err := a.client(ctx)
	if err != nil {
		return err
	}
	d, err := api.CreateDestination(ctx, p.name, body)
	if segment.HasReason(err, segment.AlreadyExists) && isThere(ctx, api, p.name, err) {
		return &existsError{Name: p.name, Err: err}
	}
	if err != nil {
		return fmt.Errorf("create destination %q: %w", p.name, err)
	}
	a.reportChange("created", nil, d)
	return a.printResult(ctx, p, d)
}

// isThere looks whether a destination exists that could not be created, where Segment's answer is as good as none:
// "destination already exists or other internal error".
func isThere(ctx context.Context, api *segment.Client, name segment.Name, refused error) bool {
	var e *segment.Error
	if errors.As(refused, &e) && e.StatusCode < http.StatusInternalServerError {
		return true
	}
	_, err := api.Destination(ctx, name)
	return err == nil
}

// updateDestination sends exactly what p holds, or with dryRun prints it. old is the destination as it is, nil where it
// was not read yet.
func (a *App) updateDestination(ctx context.Context, p *destPlan, old *segment.Destination, dryRun bool) error {
	if err := p.validate(false); err != nil {
		return err
	}
	if dryRun {
		return a.printRequest(ctx, p, p.body, segment.UpdateRequest)
	}
	api, err := a.client(ctx)
	if err != nil {
		return err
	}
	if old == nil {
		if old, err = api.Destination(ctx, p.name); err != nil {
			return fmt.Errorf("get destination %q: %w", p.name, err)
		}
	}
	d, err := api.UpdateDestination(ctx, p.name, p.body)
	if err != nil {
		return fmt.Errorf("update destination %q: %w", p.name, err)
	}
	a.reportChange("updated", old, d)
	return a.printResult(ctx, p, d)
}

// enableDestination makes the destination exist with what p holds: created where it is missing, updated where it is
// not, and left alone where nothing would change.
func (a *App) enableDestination(ctx context.Context, p *destPlan, dryRun bool) error {
	api, err := a.client(ctx)
	if err != nil {
		return err
	}
	old, err := api.Destination(ctx, p.name)
	if segment.HasReason(err, segment.NotFound) {
		err = a.createDestination(ctx, p, dryRun)
		var exists *existsError
		if !errors.As(err, &exists) {
			return err
		}
		// Someone else has created it meanwhile.
		old, err = api.Destination(ctx, p.name)
	}
	if err != nil {
		return fmt.Errorf("get destination %q: %w", p.name, err)
	}
	return a.switchDestination(ctx, p, old, dryRun)
}

// switchDestination updates a destination, unless it is already as asked.
func (a *App) switchDestination(ctx context.Context, p *destPlan, old *segment.Destination, dryRun bool) error {
	if !dryRun && !p.differs(old) {
		a.say("%s is already %s.", old.Name, onOff(old.Enabled))
		return a.printResult(ctx, p, old)
	}
	return a.updateDestination(ctx, p, old, dryRun)
}

// printResult prints the destination that came of a plan, unless the plan is a part of something else.
func (a *App) printResult(ctx context.Context, p *destPlan, d *segment.Destination) error {
	if p.part {
		return nil
	}
	return a.print(ctx, d, func() output.Table { return a.destDetails(d) })
}

// existsError says that a destination cannot be created since it exists.
type existsError struct {
	Name segment.Name
	Err  error
}

func (e *existsError) Error() string { return fmt.Sprintf("destination %q exists already", e.Name) }
func (e *existsError) Unwrap() error { return e.Err }

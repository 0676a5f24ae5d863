package destination

import (
	"context"
	"slices"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/segment"
)

// Verb is what is to be done with a plan.
type Verb int

// The verbs.
const (
	ToCreate  Verb = iota
	ToUpdate       // exactly what the plan holds, of a destination that exists
	ToEnable       // creates it where it is missing, and leaves it alone where nothing would change
	ToDisable      // leaves it alone where nothing would change
)

// Plan is a change to one destination before it is known whether the destination exists.
type Plan struct {
	account  *account.Account
	name     segment.Name
	body     segment.DestinationBody // never changed after NewPlan
	validate bool

	entry  *segment.CatalogDestination // nil where it cannot be read, or was not yet
	looked bool                        // in the catalog
	notes  []string
}

// NewPlan makes a plan of a change. Where the change is about settings, the catalog is read and their values get its
// types. The errors are *ModeError, *SettingsError, *KeyError, *wire.IDError for the name of a setting, and those of the
// account's client.
func NewPlan(ctx context.Context, acc *account.Account, name segment.Name, c Change) (*Plan, error) {
	p := &Plan{account: acc, name: name, validate: !c.NoValidate}
	if c.File != nil {
		p.body.Enabled, p.body.ConnectionMode = c.File.Body.Enabled, c.File.Body.ConnectionMode
	}
	if c.Enabled != nil {
		p.body.Enabled = c.Enabled
	}
	if c.Mode != "" {
		p.body.ConnectionMode = c.Mode
	}
	switch p.body.ConnectionMode {
	case "", segment.ModeCloud, segment.ModeDevice, segment.ModeUnspecified:
	default:
		return nil, &ModeError{p.body.ConnectionMode}
	}
	if !c.hasSettings() {
		return p, nil
	}
	if err := p.lookUp(ctx); err != nil {
		return nil, err
	}
	var err error
	if p.body.Config, err = p.config(c); err != nil {
		return nil, err
	}
	return p, nil
}

// step is one request that a plan comes to.
type step struct {
	create bool
	old    *segment.Destination // as it is; nil where it is not there, or was not read
	body   segment.DestinationBody
	done   bool // nothing would change
}

// decide finds out which request a verb comes to, and checks what it would send.
func (p *Plan) decide(ctx context.Context, verb Verb) (step, error) {
	s := step{body: p.body}
	switch verb {
	case ToCreate:
		return p.decideCreate(ctx, s)
	case ToUpdate:
		if len(s.body.Mask()) == 0 {
			return s, &NothingError{p.name}
		}
		return s, p.check(false)
	case ToEnable, ToDisable:
		s.body.Enabled = new(verb == ToEnable)
	}
	old, err := p.get(ctx)
	if verb == ToEnable && segment.HasReason(err, segment.NotFound) {
		return p.decideCreate(ctx, s)
	}
	if err != nil {
		return s, err
	}
	return p.decideOn(old, s)
}

func (p *Plan) decideCreate(ctx context.Context, s step) (step, error) {
	s.create = true
	if err := p.lookUp(ctx); err != nil {
		return s, err
	}
	if s.body.ConnectionMode == "" {
		s.body.ConnectionMode = p.defaultMode()
	}
	return s, p.check(true)
}

// decideOn is decide for a destination that is there.
func (p *Plan) decideOn(old *segment.Destination, s step) (step, error) {
	s.create, s.old, s.done = false, old, !differs(s.body, old)
	if s.done {
		return s, nil
	}
	return s, p.check(false)
}

// defaultMode creates destinations in cloud mode, as the guide does, except where the catalog knows no cloud component.
// Without any component known, the mode is left to Segment.
func (p *Plan) defaultMode() string {
	isCloud := func(c segment.Component) bool { return c.Type == segment.ModeCloud }
	switch {
	case p.entry == nil, slices.ContainsFunc(p.entry.Components, isCloud):
		return segment.ModeCloud
	case len(p.entry.Components) == 0:
		return ""
	}
	return segment.ModeDevice
}

// differs reports whether a body asks for something that the destination is not.
func differs(body segment.DestinationBody, d *segment.Destination) bool {
	if body.Enabled != nil && *body.Enabled != d.Enabled {
		return true
	}
	if mode := body.ConnectionMode; mode != "" && mode != d.ConnectionMode {
		return true
	}
	return slices.ContainsFunc(body.Config, func(entry segment.ConfigEntry) bool {
		return !sameValue(d.Setting(segment.SettingOf(entry.Name)), entry.Value)
	})
}

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
	ToApply        // creates it where it is missing; else sends what differs and nothing more
)

// Plan is a change to one destination before it is known whether the destination exists.
type Plan struct {
	account  *account.Account
	name     segment.Name
	body     segment.DestinationBody // never changed after NewPlan
	validate bool

	hidden []string          // settings whose values nobody is shown
	where  map[string]string // where the settings are given; nil for flags

	entry  *segment.CatalogDestination // nil where it cannot be read, or was not yet
	looked bool                        // in the catalog
	notes  []string
}

// NewPlan makes a plan of a change. Where the change is about settings, the catalog is read and their values get its
// types. The errors are *ModeError, *SettingsError, *KeyError, *wire.IDError for the name of a setting, and those of the
// account's client.
func NewPlan(ctx context.Context, acc *account.Account, name segment.Name, c Change) (*Plan, error) {
	p := &Plan{account: acc, name: name, validate: !c.NoValidate, hidden: c.Hidden, where: c.Where}
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
		return p.decideCreate(ctx, verb, s)
	case ToUpdate:
		if len(s.body.Mask()) == 0 {
			return s, &NothingError{p.name}
		}
		return s, p.check(s.body, false)
	case ToEnable, ToDisable:
		s.body.Enabled = new(verb == ToEnable)
	case ToApply:
	}
	old, err := p.get(ctx)
	if (verb == ToEnable || verb == ToApply) && segment.HasReason(err, segment.NotFound) {
		return p.decideCreate(ctx, verb, s)
	}
	if err != nil {
		return s, err
	}
	return p.decideOn(ctx, verb, old, s)
}

func (p *Plan) decideCreate(ctx context.Context, verb Verb, s step) (step, error) {
	s.create = true
	if err := p.lookUp(ctx); err != nil {
		return s, err
	}
	if verb == ToApply { // nothing that is not asked for
		s.body.Config = slices.DeleteFunc(slices.Clone(s.body.Config), func(e segment.ConfigEntry) bool { return isNone(e.Value) })
		return s, p.check(s.body, true)
	}
	if s.body.ConnectionMode == "" {
		s.body.ConnectionMode = p.defaultMode()
	}
	return s, p.check(s.body, true)
}

// decideOn is decide for a destination that is there.
func (p *Plan) decideOn(ctx context.Context, verb Verb, old *segment.Destination, s step) (step, error) {
	s.create, s.old = false, old
	needed, err := p.needed(ctx, s.body, old)
	if err != nil {
		return s, err
	}
	if s.done = len(needed.Mask()) == 0; s.done {
		return s, nil
	}
	if verb == ToApply {
		s.body = needed
	}
	return s, p.check(s.body, false)
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

// needed returns the part of a body that the destination is not yet.
func (p *Plan) needed(ctx context.Context, body segment.DestinationBody, d *segment.Destination) (segment.DestinationBody, error) {
	var needed segment.DestinationBody
	if body.Enabled != nil && *body.Enabled != d.Enabled {
		needed.Enabled = body.Enabled
	}
	if mode := body.ConnectionMode; mode != "" && mode != d.ConnectionMode {
		if err := p.lookUp(ctx); err != nil { // it says whether there is a mode to choose
			return needed, err
		}
		if !isModeAsWanted(mode, d.ConnectionMode, p.entry) {
			needed.ConnectionMode = mode
		}
	}
	for _, entry := range body.Config {
		name := segment.SettingOf(entry.Name)
		if !isAsWanted(p.setting(name), entry.Value, d.Setting(name)) {
			needed.Config = append(needed.Config, entry)
		}
	}
	return needed, nil
}

package destination

import (
	"cmp"
	"context"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

// Checked is how a destination is.
type Checked struct {
	Name    segment.Name // zero where it could not be found out
	Health  Health
	Detail  string       // what is behind the health, in words; "" for [Healthy]
	Changes []Difference // what is not as wanted, from what it is to what is wanted; masked
	Notes   []string     // what could not be looked at
	// Err is the answer that the health stands for; nil where Segment was reached and the destination is there.
	Err error
}

// Check looks how a destination is, and changes nothing. What is wanted of it beyond its being there, enabled and complete
// is compared as well; where it is wanted disabled or absent, that is its health.
//
// The error is about this machine, the settings or the command line, or an interrupt: then there is no health. What
// Segment and the network answer is one.
func Check(ctx context.Context, acc *account.Account, want Wanted) (Checked, error) {
	name, err := acc.ExistingDestination(ctx, want.Destination, want.Place)
	if err != nil {
		return failed(Checked{Name: whole(name)}, want, err)
	}
	c := Checked{Name: name}
	d, err := Get(ctx, acc, name)
	if err != nil {
		return failed(c, want, err)
	}
	if want.Absent {
		c.Health, c.Detail = IsChanged, "there, and should not be"
		return c, nil
	}
	// The token has just worked: for what it may not read, it is not replaced.
	p, err := NewPlan(segment.KeepToken(ctx), acc, name, want.Change)
	if err == nil {
		err = p.lookUp(segment.KeepToken(ctx))
	}
	if err != nil {
		return c, err
	}
	p.judge(ctx, &c, d, want.From)
	c.Notes = append(c.Notes, p.notes...)
	return c, ctx.Err()
}

// whole leaves out a name that is not the full one of a destination.
func whole(name segment.Name) segment.Name {
	if name.Workspace == "" || name.Source == "" || name.Destination == "" {
		return segment.Name{}
	}
	return name
}

// failed is for a destination that could not be read.
func failed(c Checked, want Wanted, err error) (Checked, error) {
	var known bool
	if c.Health, c.Detail, known = healthOf(err); !known {
		return c, err
	}
	if c.Health == IsMissing && want.Absent {
		return Checked{Name: c.Name, Health: Healthy}, nil
	}
	c.Err = err
	return c, nil
}

// judge finds out the health of a destination that is there. from says where it stands how it should be.
func (p *Plan) judge(ctx context.Context, c *Checked, d *segment.Destination, from string) {
	c.Changes = p.unlike(ctx, d)
	wantedOff := p.body.Enabled != nil && !*p.body.Enabled
	switch missing := Required(p.settings(), given(d)); {
	case len(missing) > 0:
		c.Health, c.Detail = IsInvalid, "not set: "+listed(missing, func(s segment.Setting) string { return s.Name })
		return
	case !d.Enabled && !wantedOff:
		c.Health, c.Detail = IsDisabled, "switched off"
		return
	case d.Enabled && !wantedOff:
		if f := p.dropping(ctx, c); f != nil {
			c.Health, c.Detail = IsDisabled, filtered(f)
			return
		}
	}
	c.Health = Healthy
	if len(c.Changes) > 0 {
		c.Health = IsChanged
		c.Detail = listed(c.Changes, func(d Difference) string { return d.What }) + " not as in " + cmp.Or(from, "the file")
	}
}

// unlike returns what is asked for that a destination is not, masked.
func (p *Plan) unlike(ctx context.Context, d *segment.Destination) []Difference {
	needed, err := p.needed(ctx, p.body, d)
	if err != nil { // the context has ended, and that is the error of the whole
		return nil
	}
	return p.asked(step{old: d, body: needed})
}

// dropping returns a filter that drops every event, nil where there is none or filters cannot be read, which is a note.
func (p *Plan) dropping(ctx context.Context, c *Checked) *segment.Filter {
	filters, err := p.account.Filters(ctx, p.name)
	if err != nil {
		if ctx.Err() == nil {
			c.Notes = append(c.Notes, "the filters are not checked, for they cannot be read: "+secret.Brief(err.Error(), maxNote))
		}
		return nil
	}
	for _, f := range filters {
		if f.DropsAll() {
			return f
		}
	}
	return nil
}

// given returns the names of the settings that have a value. An empty text is none: a required one cannot be empty.
func given(d *segment.Destination) []string {
	var names []string
	for _, entry := range d.Config {
		if !isNone(entry.Value) && string(entry.Value) != `""` {
			names = append(names, segment.SettingOf(entry.Name))
		}
	}
	return names
}

func listed[T any](all []T, name func(T) string) string {
	names := make([]string, len(all))
	for i, item := range all {
		names[i] = name(item)
	}
	return strings.Join(names, ", ")
}

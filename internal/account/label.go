package account

import (
	"context"
	"fmt"
	"strings"

	"github.com/segctl/segctl/internal/install"
)

// maxLabel bounds a label, in bytes: it is kept beside the token, in a record that every keyring takes.
const maxLabel = 100

// LabelError says why a text cannot be the label of an install.
type LabelError struct{ Label, Problem string }

func (e *LabelError) Error() string { return fmt.Sprintf("label %q %s", e.Label, e.Problem) }

// Label gives a saved install a name of the user's own; "" takes it away. A label is a short line of text that no other
// saved install has, and that cannot be taken for the name of an install or a place. The error is a *LabelError.
func (w *World) Label(ctx context.Context, card install.Card, label string) error {
	if err := w.checkLabel(ctx, card.Name, label); err != nil {
		return err
	}
	return w.Store.Update(ctx, card.Name, func(old *install.Install) (*install.Install, error) {
		if old == nil {
			return nil, errGone
		}
		changed := *old
		changed.Label = label
		return &changed, nil
	})
}

// CheckLabel returns a *LabelError for a text that a new install cannot have as its label.
func (w *World) CheckLabel(ctx context.Context, label string) error {
	return w.checkLabel(ctx, "", label)
}

// LabelProblem says why a text can be no label, whatever other installs are called: "is longer than 100 bytes". "" is none.
func LabelProblem(label string) string {
	switch {
	case label == "":
	case len(label) > maxLabel:
		return fmt.Sprintf("is longer than %d bytes", maxLabel)
	case strings.ContainsFunc(label, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "contains control characters"
	case strings.Contains(label, "/") || strings.Trim(label, "0123456789") == "":
		return "could be taken for the name of an install, or a place"
	}
	return ""
}

func (w *World) checkLabel(ctx context.Context, name, label string) error {
	if fault := LabelProblem(label); fault != "" {
		if len(label) > maxLabel {
			label = label[:maxLabel] + "…"
		}
		return &LabelError{label, fault}
	}
	if label == "" {
		return nil
	}
	saved, err := w.Store.Cards(ctx)
	if err != nil {
		return err
	}
	for _, other := range saved {
		if other.Label == label && other.Name != name {
			return &LabelError{label, "is that of " + other.Name + " already"}
		}
	}
	return nil
}

package destination

import (
	"errors"
	"fmt"
	"strings"

	"github.com/segctl/segctl/internal/segment"
)

// ExistsError says that a destination cannot be created since it exists.
type ExistsError struct {
	Name segment.Name
	Err  error // Segment's answer
}

func (e *ExistsError) Error() string { return fmt.Sprintf("destination %q exists already", e.Name) }

// Unwrap returns Segment's answer.
func (e *ExistsError) Unwrap() error { return e.Err }

// SettingsError says what the catalog finds wrong with the settings of a destination. It holds no values, and nothing
// was sent.
type SettingsError struct {
	Slug     string
	Problems []segment.Problem // at least one
	Where    map[string]string // where each setting was given, by its name, such as clearbrain.yaml:9:7; nil for flags
	Binding  bool              // no flag of the command leaves the judgement to Segment
}

func (e *SettingsError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, problem := range e.Problems {
		texts[i] = problem.Error()
		if where := e.Where[problem.Setting]; where != "" {
			texts[i] = where + ": " + texts[i]
		}
	}
	return strings.Join(texts, "; ")
}

// wrong returns the error of settings.
func (p *Plan) wrong(problems ...segment.Problem) error {
	return &SettingsError{Slug: p.name.Destination, Problems: problems, Where: p.where}
}

// faulty returns the error of a value that does not have the type of its setting.
func (p *Plan) faulty(setting string, err error) error {
	var problem segment.Problem
	if errors.As(err, &problem) {
		return p.wrong(problem)
	}
	return fmt.Errorf("setting %q: %w", setting, err)
}

// asKeyError reports whether an error is that of [segment.KeySetting].
func asKeyError(err error) (*segment.KeyError, bool) {
	var none *segment.KeyError
	ok := errors.As(err, &none)
	return none, ok
}

// KeyError says that a destination has no one setting that an API key could mean.
type KeyError struct {
	Slug string
	Err  *segment.KeyError
}

func (e *KeyError) Error() string { return e.Err.Error() }

// Unwrap returns the *segment.KeyError, which has the candidates.
func (e *KeyError) Unwrap() error { return e.Err }

// ModeError says that a connection mode is none of Segment's.
type ModeError struct{ Mode string }

func (e *ModeError) Error() string {
	return fmt.Sprintf("connection mode %q is none of %s, %s, %s", e.Mode, segment.ModeCloud, segment.ModeDevice, segment.ModeUnspecified)
}

// NothingError says that a change asks for nothing.
type NothingError struct{ Name segment.Name }

func (e *NothingError) Error() string { return "nothing to change is given" }

// FileError says why a file is not that of a destination. It quotes nothing of it but the names of fields.
type FileError struct {
	Line    int    // 0 where it is not known
	Field   string // such as destination.enabled; "" where the whole is at fault
	Problem string // completes the sentence "field …" or, without a field, "it …"
}

func (e *FileError) Error() string {
	text := "it " + e.Problem
	if e.Field != "" {
		text = "it is not a destination: " + e.Field + " " + e.Problem
	}
	if e.Line > 0 {
		return fmt.Sprintf("line %d: %s", e.Line, text)
	}
	return text
}

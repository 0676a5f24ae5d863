package install

import (
	"context"
	"fmt"
)

// Given returns a store of one token that was handed over for this run: by the environment, or on standard input. from
// says which, in words ("SEGCTL_TOKEN", "standard input"). No install is known for it, so its Name, and Current, are
// "", List is empty, and nothing can be changed. The error tells of a token that cannot be one.
func Given(token, from string) (Store, error) {
	if err := checkToken(token); err != nil {
		return nil, fmt.Errorf("the token from %s %w", from, err)
	}
	return given{token, from}, nil
}

type given struct{ token, from string }

func (g given) List(context.Context) ([]string, error)       { return nil, nil }
func (g given) Current(context.Context) (string, error)      { return "", nil }
func (g given) Get(context.Context, string) (Install, error) { return Install{Token: g.token}, nil }
func (g given) Use(context.Context, string) error            { return &ReadOnlyError{g.from} }
func (g given) String() string                               { return g.from }

func (g given) Update(context.Context, string, func(*Install) (*Install, error)) error {
	return &ReadOnlyError{g.from}
}

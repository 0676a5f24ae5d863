package install

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/segctl/segctl/internal/wire"
)

// NewMemory returns a Store that forgets everything when the process ends.
func NewMemory() Store {
	return &memory{installs: make(map[string]Install), turn: make(chan struct{}, 1)}
}

type memory struct {
	turn chan struct{} // held by Update and Add: one change at a time

	mu       sync.Mutex
	installs map[string]Install
	current  string
}

func (m *memory) Cards(context.Context) ([]Card, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var cards []Card
	for _, name := range slices.Sorted(maps.Keys(m.installs)) {
		cards = append(cards, m.installs[name].Card)
	}
	return cards, nil
}

func (m *memory) Card(ctx context.Context, name string) (Card, error) {
	i, err := m.Get(ctx, name)
	return i.Card, err
}

func (m *memory) Get(_ context.Context, name string) (Install, error) {
	name, err := wire.ParseInstallName(name)
	if err != nil {
		return Install{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	i, ok := m.installs[name]
	if !ok {
		return Install{}, fmt.Errorf("install %q: %w", name, ErrNotFound)
	}
	return i, nil
}

func (m *memory) Update(ctx context.Context, name string, change func(*Install) (*Install, error)) error {
	name, err := wire.ParseInstallName(name)
	if err != nil {
		return err
	}
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return fmt.Errorf("wait for install %q: %w", name, ctx.Err())
	}
	var old *Install
	if i, err := m.Get(ctx, name); err == nil {
		old = &i
	}
	i, err := change(old)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if i == nil {
		delete(m.installs, name)
		if m.current == name {
			m.current = ""
		}
		return nil
	}
	if err := i.CanReplace(name); err != nil {
		return err
	}
	m.keepCurrent()
	m.installs[name] = *i
	m.keepCurrent()
	return nil
}

func (m *memory) Add(_ context.Context, cards []Card) error {
	m.turn <- struct{}{}
	defer func() { <-m.turn }()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keepCurrent()
	var failed []error
	for _, c := range cards {
		if !IsCanonical(c.Name) {
			return &wire.InstallNameError{Name: c.Name}
		}
		i, found := m.installs[c.Name]
		if !found {
			i.Name = c.Name
		} else if err := i.CheckServer(c.Issuer, c.Origin); err != nil {
			failed = append(failed, err)
			continue
		}
		i.Card = i.with(c)
		m.installs[c.Name] = i
	}
	return errors.Join(failed...)
}

// keepCurrent makes the only install, which is the current one, stay so when there are more.
func (m *memory) keepCurrent() {
	if m.current == "" {
		m.current, _ = currentOf("", slices.Collect(maps.Keys(m.installs)))
	}
}

func (m *memory) Current(context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return currentOf(m.current, slices.Collect(maps.Keys(m.installs)))
}

// currentOf is the chosen install, or the only one.
func currentOf(chosen string, names []string) (string, error) {
	switch {
	case chosen != "":
		return chosen, nil
	case len(names) == 1:
		return names[0], nil
	}
	return "", fmt.Errorf("current install: %w", ErrNotFound)
}

func (m *memory) Use(ctx context.Context, name string) error {
	i, err := m.Get(ctx, name)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.current = i.Name
	return nil
}

func (m *memory) Probe(context.Context) error { return nil }

func (m *memory) String() string { return "memory" }

package install

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// NewMemory returns a Store that forgets everything when the process ends.
func NewMemory() Store {
	return &memory{installs: make(map[string]Install), turn: make(chan struct{}, 1)}
}

type memory struct {
	turn chan struct{} // held by Update: one change at a time

	mu       sync.Mutex
	installs map[string]Install
	current  string
}

func (m *memory) List(context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.installs)), nil
}

func (m *memory) Get(_ context.Context, name string) (Install, error) {
	name, err := ParseName(name)
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
	name, err := ParseName(name)
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
	m.installs[name] = *i
	if m.current == "" {
		m.current = name
	}
	return nil
}

func (m *memory) Current(context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return currentOf(m.current, slices.Collect(maps.Keys(m.installs)))
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

func (m *memory) String() string { return "memory" }

// MemoryVault is a Vault that forgets everything when the process ends. The zero value is ready for use.
type MemoryVault struct {
	mu      sync.Mutex
	secrets map[string][]byte
}

// Get returns a secret, or ErrNotFound.
func (v *MemoryVault) Get(_ context.Context, account string) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	secret, ok := v.secrets[account]
	if !ok {
		return nil, ErrNotFound
	}
	return bytes.Clone(secret), nil
}

// Set keeps a secret.
func (v *MemoryVault) Set(_ context.Context, account string, secret []byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.secrets == nil {
		v.secrets = make(map[string][]byte)
	}
	v.secrets[account] = bytes.Clone(secret)
	return nil
}

// Delete forgets a secret, or returns ErrNotFound.
func (v *MemoryVault) Delete(_ context.Context, account string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.secrets[account]; !ok {
		return ErrNotFound
	}
	delete(v.secrets, account)
	return nil
}

func (v *MemoryVault) String() string { return "memory" }

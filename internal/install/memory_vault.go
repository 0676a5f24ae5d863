package install

import (
	"bytes"
	"context"
	"sync"
)

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

// Prepare has nothing to prove.
func (v *MemoryVault) Prepare(_ context.Context, account string, _ []byte, _ int) (Pending, error) {
	return pendingSet{v, account}, nil
}

func (v *MemoryVault) String() string { return "memory" }

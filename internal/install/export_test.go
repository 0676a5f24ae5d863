package install

// NewFakeKeyring returns a vault whose keyring is in memory.
func NewFakeKeyring() *Keyring { return &Keyring{system: &fakeKeyring{}} }

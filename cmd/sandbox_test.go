package cmd

import (
	"testing"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/sandbox/local"
)

// The sandbox knows nothing of the settings, and yet names the profile in the environment that it gives to commands.
func TestSandboxProfile(t *testing.T) {
	t.Parallel()
	if local.Profile != config.SandboxProfile {
		t.Errorf("the sandbox's environment names the profile %q, and the settings have %q", local.Profile, config.SandboxProfile)
	}
}

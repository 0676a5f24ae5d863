package cmd

import (
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/sandbox"
)

// sandboxAddr is where `sandbox start` listens, and where the sandbox profile looks for it.
const sandboxAddr = "127.0.0.1:8899"

// sandboxProfile is the profile that --sandbox chooses.
const sandboxProfile = "sandbox"

// sandboxScope is the scope that a sandbox's demo App is registered with, unless --scope names another.
const sandboxScope = "destination/clearbrain"

func newSandbox(app *App) *cobra.Command {
	return group("sandbox", "A local Segment to try things on, and to test with",
		newSandboxClock(app), newSandboxCounters(app), newSandboxDemo(app), newSandboxExport(app), newSandboxFault(app),
		newSandboxQuirk(app), newSandboxRequests(app), newSandboxReset(app), newSandboxRun(app), newSandboxStart(app))
}

// sandboxSettings are the built-in settings of the sandbox profile: the demo App, on the default address.
func sandboxSettings() map[string]string {
	return map[string]string{
		"id_url":        "http://" + sandboxAddr,
		"api_url":       "http://" + sandboxAddr,
		"client_id":     sandbox.DemoClientID,
		"client_secret": sandbox.DemoClientSecret,
		"scope":         sandboxScope,
	}
}

// freeRedirectURL returns the guide's redirect URL with a port that is free on both loopback addresses.
func freeRedirectURL() (string, error) {
	for range 20 {
		v4, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
		if err != nil {
			return "", fmt.Errorf("find free port: %w", err)
		}
		port := strconv.Itoa(v4.Addr().(*net.TCPAddr).Port)
		v6, err := net.Listen("tcp", net.JoinHostPort("::1", port)) //nolint:noctx // closed at once
		v4.Close()
		var taken *net.OpError
		switch {
		case err == nil:
			v6.Close()
		case errors.As(err, &taken) && isAddressInUse(err):
			continue
		}
		return "http://localhost:" + port + "/auth/segment/callback", nil
	}
	return "", errors.New("find free port: none is free on both 127.0.0.1 and ::1")
}

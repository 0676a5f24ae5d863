package problem

import (
	"errors"

	"github.com/segctl/segctl/internal/sandbox"
)

// ofSandbox translates the errors of the sandbox's admin client.
func ofSandbox(err error, p *Problem) bool {
	if _, ok := errors.AsType[*sandbox.NoSandboxError](err); ok {
		p.Exit = ExitNetwork
		p.hint("in another shell; paste what it prints into this one", "sandbox", "start")
		return true
	}
	if refused, ok := errors.AsType[*sandbox.AdminError](err); ok {
		p.Exit = ExitUsage
		if refused.Missing != "" {
			p.Exit = ExitNotFound
			switch refused.Missing {
			case "snapshot", "fault":
				p.hint("", "sandbox", refused.Missing, "list")
			default:
				p.hint("shows what the sandbox holds", "sandbox", "export")
			}
		}
		return true
	}
	return false
}

package problem

// Exit codes, promised in `segctl help exit-codes`. Unknown codes count as failures.
const (
	ExitOK          = 0
	ExitFailure     = 1 // other failure
	ExitUsage       = 2
	ExitNotFound    = 3 // at Segment
	ExitSignIn      = 4 // sign-in needed, or no such install here
	ExitForbidden   = 5 // forbidden or wrong scope
	ExitConflict    = 6
	ExitRateLimited = 7
	ExitNetwork     = 8 // network or server
	ExitStore       = 9 // keyring or store
	ExitDifferent   = 10
	ExitSomeFailed  = 11
	ExitInterrupted = 130
)

// Status names an exit code, as the JSON of an error does.
func Status(exit int) string {
	switch exit {
	case ExitOK:
		return "ok"
	case ExitUsage:
		return "usage"
	case ExitNotFound:
		return "not_found"
	case ExitSignIn:
		return "sign_in_needed"
	case ExitForbidden:
		return "forbidden"
	case ExitConflict:
		return "conflict"
	case ExitRateLimited:
		return "rate_limited"
	case ExitNetwork:
		return "network"
	case ExitStore:
		return "store"
	case ExitDifferent:
		return "different"
	case ExitSomeFailed:
		return "some_failed"
	case ExitInterrupted:
		return "interrupted"
	}
	return "failure"
}

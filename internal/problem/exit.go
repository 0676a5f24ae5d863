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

// Code is an exit code that scripts can rely on.
type Code struct {
	Code    int    `json:"code"`
	Status  string `json:"status"`  // as the JSON of an error has it; "done" for none
	Meaning string `json:"meaning"` // in words
}

// Codes returns the exit codes that are promised, in their order.
func Codes() []Code {
	code := func(exit int, meaning string) Code {
		if exit == ExitOK {
			return Code{exit, "done", meaning}
		}
		return Code{exit, Status(exit), meaning}
	}
	return []Code{
		code(ExitOK, "done"),
		code(ExitFailure, "other failure"),
		code(ExitUsage, "usage: a flag, argument, setting or value is wrong"),
		code(ExitNotFound, "not found at Segment"),
		code(ExitSignIn, "sign-in needed: no token, one that cannot be renewed, or no such install here"),
		code(ExitForbidden, "forbidden, denied, or the wrong scope"),
		code(ExitConflict, "conflict: it exists already"),
		code(ExitRateLimited, "rate limited"),
		code(ExitNetwork, "network or server"),
		code(ExitStore, "keyring or store"),
		code(ExitDifferent, `different: "dest diff" found something, or a check failed`),
		code(ExitSomeFailed, "some of several installs failed"),
		code(ExitInterrupted, "interrupted"),
	}
}

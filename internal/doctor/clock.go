package doctor

import (
	"net/http"
	"time"
)

const (
	// A Date header is in whole seconds, and the answer takes its time.
	unnoticeableSkew = 30 * time.Second
	// Tokens are refreshed five minutes before they expire: a clock that is further off defeats that.
	harmfulSkew = 5 * time.Minute
)

// clock compares the local clock with the server's (RFC 9110 §6.6.1).
func clock(api host) Finding {
	const check = "clock"
	if !api.answered {
		return warned(check, "unknown: the API gave no answer to compare with")
	}
	there, err := http.ParseTime(api.header.Get("Date"))
	if err != nil {
		return warned(check, "unknown: the API's answer has no date")
	}
	off := api.here.Sub(there).Round(time.Second)
	switch {
	case off.Abs() <= unnoticeableSkew:
		return passed(check, "within %s of the server's", unnoticeableSkew)
	case off.Abs() <= harmfulSkew:
		return warned(check, "%s off the server's: set this machine's clock", off)
	}
	return failed(check, "%s off the server's, so that tokens expire at another time than segctl thinks: set this machine's clock", off)
}

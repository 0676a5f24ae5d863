package destination

// Health is how a destination is, in one word of a closed set: the same in every output.
type Health string

// The healths.
const (
	Healthy       Health = "ok"
	IsDisabled    Health = "disabled"
	IsChanged     Health = "changed"       // not as the file says
	IsInvalid     Health = "invalid"       // required settings are missing
	IsMissing     Health = "missing"       // the destination is gone
	NoAccess      Health = "no_access"     // uninstalled, or the scope was taken back
	Unrefreshable Health = "unrefreshable" // the client credentials were refused
	Unreachable   Health = "unreachable"
)

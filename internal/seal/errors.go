package seal

// Kind is what stopped a seal, as far as it decides what to do next.
type Kind int

// The kinds of an Error.
const (
	NoRecipient  Kind = iota // nothing can be sealed: no recipient is configured
	NoIdentity               // nothing can be opened: no identity is configured
	NoMatch                  // it was sealed to others than those whose identities are at hand
	WrongContext             // it was sealed for another place than the one where it was found
	Damaged                  // it is no sealed value, or a changed one
	BadRecipient             // what should be a recipient is none
	BadIdentity              // what should be an identity is none
)

// String returns the kind in words.
func (k Kind) String() string {
	switch k {
	case NoRecipient:
		return "there is no recipient to seal to"
	case NoIdentity:
		return "there is no identity that opens seals"
	case NoMatch:
		return "it is sealed to others than the identities here"
	case WrongContext:
		return "it was sealed for another place"
	case Damaged:
		return "the seal is damaged"
	case BadRecipient:
		return "a recipient cannot be used"
	case BadIdentity:
		return "an identity cannot be read"
	}
	return "failed"
}

// Error says why a value could not be sealed or opened. It never holds a secret.
type Error struct {
	Kind Kind
	Err  error // may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Kind.String() + ": " + e.Err.Error()
	}
	return e.Kind.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Package secret decides which values are secret, and makes what is shown harmless: it masks, it redacts what was
// learned, and it cleans text for a terminal.
//
// There is one judge, [Setting], for everything that is printed of a setting, and [Document] applies it to whole JSON
// documents. A value is secret by the name, the display name or the type of its setting, or by what it is: a URL with a
// password, a private key, a header with a bearer token. Where it is uncertain the judge calls a value secret, for a
// masked value can be shown with --show-secrets, and a shown one cannot be taken back.
//
// The package knows neither commands nor HTTP clients, and it keeps nothing but the one [Redactor] of a process.
package secret

// Redacted stands where a secret stood in what is not for choosing between values: traces and error messages.
const Redacted = "[redacted]"

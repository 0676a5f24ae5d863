package cmd

// silence does nothing: on Windows the echo ends as soon as the secret is read.
func silence(int) error { return nil }

package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/term"
)

// maxSecret bounds what is read as one secret; the longest keys in the catalog are private keys of some 2 KB.
const maxSecret = 64 << 10

// askSecret stands for a secret flag without a value. No argument of a process can contain a NUL byte, so it can
// never be the secret itself.
const askSecret = "\x00"

// secretFlags are the flags that may stand without a value.
var secretFlags = [...]string{"--api-key"}

// markBareSecrets gives the flags of secretFlags that stand last, or before another flag, the value askSecret:
// pflag's optional values would force `--api-key=KEY` on everyone else.
func markBareSecrets(args []string) []string {
	marked := make([]string, 0, len(args))
	for i, arg := range args {
		if arg == "--" {
			return append(marked, args[i:]...)
		}
		for _, name := range secretFlags {
			if arg == name && (i+1 == len(args) || len(args[i+1]) > 1 && args[i+1][0] == '-') {
				arg += "=" + askSecret
			}
		}
		marked = append(marked, arg)
	}
	return marked
}

// readSecret returns the secret that value names: itself, standard input ("-"), a file ("@path"), or whatever is
// typed at a prompt or piped in (askSecret).
func (a *App) readSecret(ctx context.Context, name, value string) (string, error) {
	var text []byte
	var err error
	switch {
	case value == askSecret && a.flags.noInput && isTerminal(a.In):
		return "", usagef("the %s is not given, and --no-input forbids to ask for it", name)
	case value == "-", value == askSecret && !a.canPrompt():
		text, err = a.readStdin(maxSecret)
	case value == askSecret:
		text, err = a.promptSecret(ctx, name+": ")
	case strings.HasPrefix(value, "@"):
		text, err = readFile(value[1:], maxSecret)
	default:
		text = []byte(value)
	}
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", usagef("the %s is empty", name)
	}
	if strings.ContainsFunc(secret, isControl) {
		return "", usagef("the %s contains control characters", name)
	}
	return secret, nil
}

// isControl allows the line breaks and tabs of a private key.
func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f }

// promptSecret asks on the terminal, without echo. An interrupted prompt leaves the terminal as it was.
func (a *App) promptSecret(ctx context.Context, prompt string) ([]byte, error) {
	tty := int(a.In.(*os.File).Fd())
	before, err := term.GetState(tty)
	if err != nil {
		return nil, err
	}
	fmt.Fprint(a.Err, prompt)
	defer fmt.Fprintln(a.Err)
	return awaitRead(ctx, func() ([]byte, error) { return term.ReadPassword(tty) }, func() { _ = term.Restore(tty, before) })
}

// readStdin reads standard input whole, up to limit bytes.
func (a *App) readStdin(limit int64) ([]byte, error) { return readLimited(a.In, limit) }

// readFile reads a file whole, up to limit bytes. What it says when that fails is a usage error: the name came from
// the command line.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("%v", err)
	}
	defer f.Close()
	text, err := readLimited(f, limit)
	var unreadable *fs.PathError // a directory opens, and cannot be read
	if errors.As(err, &unreadable) {
		return nil, usagef("%w", err)
	}
	return text, err
}

func readLimited(r io.Reader, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, usagef("more than %d bytes", limit)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, usagef("binary data where text was expected")
	}
	return text, nil
}

// awaitRead returns what read returns, or ctx's error as soon as ctx ends; then undo is called, and read is left
// behind, for a blocked terminal read cannot be taken back.
func awaitRead(ctx context.Context, read func() ([]byte, error), undo func()) ([]byte, error) {
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := read()
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		undo()
		return nil, ctx.Err()
	}
}

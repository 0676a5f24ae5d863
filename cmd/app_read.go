package cmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/problem"
)

const (
	// maxSecret bounds what is read as one secret, in bytes; the longest keys in the catalog are private keys of some 2 KB.
	maxSecret = 64 << 10
	// maxFile bounds what --from-file and --input read, in bytes.
	maxFile = 4 << 20
)

// askSecret stands for a secret flag without a value. No argument of a process can contain a NUL byte, so it can
// never be the secret itself.
const askSecret = "\x00"

// secretFlags are the flags that may stand without a value.
func secretFlags() []string { return []string{"--api-key"} }

// markBareSecrets gives the flags of secretFlags that stand last, or before another flag, the value askSecret:
// pflag's optional values would force `--api-key=KEY` on everyone else.
func markBareSecrets(args []string) []string {
	marked := make([]string, 0, len(args))
	for i, arg := range args {
		if arg == "--" {
			return append(marked, args[i:]...)
		}
		for _, name := range secretFlags() {
			if arg == name && (i+1 == len(args) || len(args[i+1]) > 1 && args[i+1][0] == '-') {
				arg += "=" + askSecret
			}
		}
		marked = append(marked, arg)
	}
	return marked
}

// ReadSecret returns the secret that value names: itself, standard input ("-"), a file ("@path"), or whatever is
// typed at a prompt or piped in (askSecret). name is what it is called at the prompt and in errors.
func (a *App) ReadSecret(ctx context.Context, name, value string) (string, error) {
	var text []byte
	var err error
	switch {
	case value == askSecret && a.flags.noInput && isTerminal(a.In):
		return "", problem.Usage("the %s is not given, and --no-input forbids to ask for it", name)
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
	read := strings.TrimRight(string(text), "\r\n")
	if read == "" {
		return "", problem.Usage("the %s is empty", name)
	}
	if strings.ContainsFunc(read, isControl) {
		return "", problem.Usage("the %s contains control characters", name)
	}
	a.redactor.Learn(read)
	return read, nil
}

// isControl allows the line breaks and tabs of a private key.
func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f }

// ReadInput reads a file whole, or standard input for "-".
func (a *App) ReadInput(path string) ([]byte, error) {
	if path == "-" {
		return a.readStdin(maxFile)
	}
	return readFile(path, maxFile)
}

// ReadTable reads a CSV file with a row for each install, or standard input for "-".
func (a *App) ReadTable(path string) (*fleet.Table, error) {
	t, faults, err := a.readRows(path)
	if err == nil && len(faults) > 0 {
		return nil, t.Refuse(faults, "")
	}
	return t, err
}

// readRows is ReadTable with what is wrong with the rows that are left out.
func (a *App) readRows(path string) (*fleet.Table, []fleet.Fault, error) {
	if path == "-" {
		return fleet.ReadRows(a.In, "standard input")
	}
	f, err := openFile(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	return fleet.ReadRows(f, path)
}

// readStdin reads standard input whole, up to limit bytes.
func (a *App) readStdin(limit int64) ([]byte, error) { return readLimited(a.In, limit) }

// readFile reads a file whole, up to limit bytes. That it cannot be read is a usage error: its name came from the command
// line.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readLimited(f, limit)
}

// openFile opens a file to read. That this fails is a usage error, as for readFile.
func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, problem.Usage("%w", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, problem.Usage("%s is a directory", path)
	}
	return f, nil
}

func readLimited(r io.Reader, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, problem.Usage("more than %d bytes", limit)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, problem.Usage("binary data where text was expected")
	}
	return text, nil
}

package config

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/subosito/gotenv"
)

// variable is one variable of an env file.
type variable struct {
	value  string
	source string // the file's name and the line, such as ".env:3"
}

// maxEnvFile bounds what is read of an env file, in bytes.
const maxEnvFile = 1 << 20

// maxQuotedLines bounds how many lines a quoted value may span.
const maxQuotedLines = 200

// readEnvFile reads a dotenv file. It may be a pipe, so that a shell's <(command) can feed it.
func readEnvFile(path string) (map[string]variable, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, "cannot be read", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxEnvFile+1))
	if err != nil {
		return nil, fileError(path, "cannot be read", err)
	}
	if len(data) > maxEnvFile {
		return nil, &Error{File: path, Msg: "is larger than 1 MiB"}
	}
	return parseEnvFile(path, data)
}

// parseEnvFile hands the parser one assignment at a time, to know each one's line.
func parseEnvFile(path string, data []byte) (map[string]variable, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, &Error{File: path, Msg: "is not a text file"}
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n", "$", dollar).Replace(string(data))
	lines := strings.Split(text, "\n")
	variables := map[string]variable{}
	for i := 0; i < len(lines); {
		if hasOddName(lines[i]) {
			i++
			continue
		}
		env, used := parseAssignment(lines[i:])
		if used == 0 {
			return nil, &Error{File: path, Line: i + 1, Msg: "is not KEY=value"}
		}
		for name, value := range env {
			value = strings.TrimSpace(strings.ReplaceAll(value, dollar, "$"))
			variables[name] = variable{value, fmt.Sprintf("%s:%d", filepath.Base(path), i+1)}
		}
		i += used
	}
	return variables, nil
}

// dollar stands in for "$" while the parser is at work, for it would expand $NAME from the process's environment, and a
// secret may well contain that. The character is of Unicode's private use area.
const dollar = "\ue000"

// parseAssignment parses the assignment on the first of the lines, and returns how many lines it took: more than one
// when a quoted value goes on, none when it is no assignment.
func parseAssignment(lines []string) (gotenv.Env, int) {
	if env, err := gotenv.StrictParse(strings.NewReader(lines[0])); err == nil {
		return env, 1
	}
	_, value, _ := strings.Cut(lines[0], "=")
	value = strings.TrimSpace(value)
	if value == "" || value[0] != '"' && value[0] != '\'' {
		return nil, 0
	}
	for n := 1; n < min(len(lines), maxQuotedLines); n++ {
		if !strings.Contains(lines[n], value[:1]) {
			continue
		}
		if env, err := gotenv.StrictParse(strings.NewReader(strings.Join(lines[:n+1], "\n"))); err == nil {
			return env, n + 1
		}
	}
	return nil, 0
}

// hasOddName reports whether a line assigns to a name that the parser refuses but that other programs take: one with a
// dash. No setting of ours has such a name.
func hasOddName(line string) bool {
	name, _, ok := strings.Cut(line, "=")
	return ok && strings.Contains(name, "-") && !strings.ContainsAny(strings.TrimSpace(name), " \t\"'")
}

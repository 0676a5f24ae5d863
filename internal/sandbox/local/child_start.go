package local

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Exit statuses of a command that cannot be started, as shells have them (POSIX, Shell Command Language, §2.8.2).
const (
	exitNotExecutable = 126
	exitNotFound      = 127
)

// notStarted returns the exit status for a command that could not be started, and what is wrong with it, without the
// command's name. path is where the command was looked for, or its bare name when it was found nowhere.
func notStarted(path string, environment []string, err error) (exit int, why error) {
	why = withoutName(err)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		if file := inPath(path, lastValue(environment, "PATH")); file != "" {
			return exitNotExecutable, errors.New("the file is not executable: " + file)
		}
		return exitNotFound, why
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(path); err == nil {
			return exitNotExecutable, errors.New("the interpreter that its first line names does not exist")
		}
		return exitNotFound, why
	}
	return exitNotExecutable, why
}

// inPath returns the file that a bare name would be, if it were executable; "" where there is none.
func inPath(name, path string) string {
	if strings.ContainsRune(name, filepath.Separator) {
		return ""
	}
	for _, folder := range filepath.SplitList(path) {
		file := filepath.Join(folder, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	return ""
}

// withoutName returns what is wrong with a command, without the name that stands in the message already.
func withoutName(err error) error {
	if lookup, ok := errors.AsType[*exec.Error](err); ok {
		return lookup.Err
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

package desired

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// stdinName is what standard input is called in messages.
const stdinName = "standard input"

// Load reads files; "-" is standard input. The names of CSVs in them become relative to the working directory. The error is
// an *[Error].
func Load(paths []string, stdin io.Reader) ([]*File, error) {
	files := make([]*File, 0, len(paths))
	for i, path := range paths {
		if slices.Contains(paths[:i], path) {
			return nil, &Error{File: path, Problem: "is named twice"}
		}
		name, text, err := read(path, stdin)
		if err != nil {
			return nil, err
		}
		f, err := Parse(name, text)
		if err != nil {
			return nil, err
		}
		if f.Values != "" && !filepath.IsAbs(f.Values) {
			f.Values = filepath.Join(filepath.Dir(path), f.Values)
		}
		files = append(files, f)
	}
	return files, nil
}

// read returns the text of a file, and what it is called.
func read(path string, stdin io.Reader) (name string, text []byte, err error) {
	if path == "-" {
		text, err = io.ReadAll(io.LimitReader(stdin, MaxSize+1))
		if err != nil {
			return stdinName, nil, &Error{File: stdinName, Problem: "cannot be read: " + err.Error()}
		}
		return stdinName, text, tooLarge(stdinName, text)
	}
	if path == "" {
		return path, nil, &Error{File: "-f", Problem: "the name of the file is empty"}
	}
	file, err := os.Open(path)
	if err != nil {
		return path, nil, unreadable(path, err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return path, nil, &Error{File: path, Problem: "is a folder: name the files in it", Files: filesIn(path)}
	}
	text, err = io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return path, nil, unreadable(path, err)
	}
	return path, text, tooLarge(path, text)
}

func tooLarge(path string, text []byte) error {
	if len(text) > MaxSize {
		return &Error{File: path, Problem: "is larger than 10 MiB"}
	}
	return nil
}

func unreadable(path string, err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return &Error{File: path, Problem: "cannot be read: " + err.Error()}
}

// filesIn returns the files of a folder that may be meant, a few of them.
func filesIn(folder string) []string {
	const most = 3
	var found []string
	for _, pattern := range []string{"*.yaml", "*.yml", "*.json"} {
		some, _ := filepath.Glob(filepath.Join(folder, pattern)) // the pattern is a good one, unless the folder's name spoils it
		found = append(found, some...)
	}
	return found[:min(len(found), most)]
}

package private

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"
)

// Pending is the new content of a file before it is known. Either Commit or Abort must be called, and Abort may be called
// after Commit.
type Pending struct {
	folder Folder
	name   string
	root   *os.Root
	file   temporary // nil when it is done
}

// temporary is an open file that takes the place of another one.
type temporary interface {
	io.WriterAt
	Truncate(size int64) error
	CloseAtomicallyReplace() error // after its content has reached the disk
	Cleanup() error
}

// Prepare makes sure that a file of up to size bytes can be written: it makes the folder, and a temporary file that takes
// as much room. A disk that is full or cannot be written is an error here, before something is done that depends on the
// writing.
func (f Folder) Prepare(name string, size int) (*Pending, error) {
	root, err := f.open(true, allOthers)
	if err != nil {
		return nil, fault("write", f.file(name), err)
	}
	file, err := newTemporary(root, name)
	if err != nil {
		_ = root.Close()
		return nil, fault("write", f.file(name), err)
	}
	p := &Pending{f, name, root, file}
	// Spaces, since a disk may give no room to a file of zeros.
	if _, err := file.WriteAt(bytes.Repeat([]byte(" "), size), 0); err != nil {
		p.Abort()
		return nil, fault("write", f.file(name), err)
	}
	return p, nil
}

// Commit replaces the file with data, in one step: whoever reads it finds all of the old content or all of the new one,
// also after the system has crashed.
func (p *Pending) Commit(data []byte) error {
	defer p.Abort()
	_, err := p.file.WriteAt(data, 0)
	if err == nil {
		err = p.file.Truncate(int64(len(data)))
	}
	if err == nil {
		err = p.file.CloseAtomicallyReplace()
	}
	if errors.Is(err, fs.ErrNotExist) {
		// It took so long that the temporary file was removed as one that a killed process left.
		return p.folder.Write(p.name, data)
	}
	if err != nil {
		return fault("write", p.folder.file(p.name), err)
	}
	p.close()
	return nil
}

// Abort leaves the file as it is.
func (p *Pending) Abort() {
	if p.file == nil {
		return
	}
	_ = p.file.Cleanup()
	p.close()
}

func (p *Pending) close() {
	_ = p.root.Close()
	p.file = nil
}

// Write replaces a file in one step.
func (f Folder) Write(name string, data []byte) error {
	p, err := f.Prepare(name, 0)
	if err != nil {
		return err
	}
	return p.Commit(data)
}

// abandonedAfter is when a temporary file counts as left by a killed process.
const abandonedAfter = time.Minute

// removeAbandoned removes temporary files that killed processes left, of those entries. What cannot be removed does no
// harm.
func removeAbandoned(root *os.Root, temporaries []fs.DirEntry) {
	for _, e := range temporaries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > abandonedAfter {
			_ = root.Remove(e.Name())
		}
	}
}

// temporaryName returns a name for a temporary file that will become the file with that name.
func temporaryName(name string) string {
	return "." + name + strconv.FormatUint(rand.Uint64(), 10)
}

// isTemporary reports whether a name is one of temporaryName, or of renameio, which names its files in the same way.
func isTemporary(name string) bool {
	last := len(name) - 1
	return strings.HasPrefix(name, ".") && '0' <= name[last] && name[last] <= '9'
}

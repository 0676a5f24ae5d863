package fleet

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/private"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/wire"
)

// SeenFile keeps what was seen between two runs, in a file for each profile.
type SeenFile struct {
	Dir     string // the state folder; it gets the folder "watch"
	Profile string
	API     wire.Origin // what was seen on another server counts as not seen

	Patience time.Duration // longest wait for another run; 0 is five minutes: more runs may be coming

	Waiting func(holder int)  // is told for which process this one waits, 0 if unknown; nil: nobody is
	Note    func(text string) // is told that a damaged file is not used; nil: nobody is
}

const (
	seenVersion = 1
	// maxSeen is how long the file may be, in bytes, so that it can be read back: enough for some 100,000 destinations.
	maxSeen = 1 << 20
	// maxUnpacked bounds what a damaged file can unpack to.
	maxUnpacked = 16 << 20
)

// seenContent is what is in the file, compressed.
type seenContent struct {
	Version int                                      `json:"v"`
	API     wire.Origin                              `json:"api"`
	Seen    map[string]map[string]destination.Health `json:"seen"`
}

func (f SeenFile) folder() private.Folder { return private.Folder{Path: filepath.Join(f.Dir, "watch")} }
func (f SeenFile) name() string           { return private.FileName(f.Profile) + ".json.gz" }

// Update calls do with what was seen before, and keeps what it makes of it, also where it returns an error: what was told
// is not told again. No other process does so meanwhile. A damaged file counts as none; one of a newer segctl is a
// *problem.Error, and is left alone; another run that goes on for too long is one as well. The other errors are *private.Error, and those of do.
func (f SeenFile) Update(ctx context.Context, do func(seen *Seen) error) error {
	unlock, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	seen, err := f.read()
	if err != nil {
		return err
	}
	err = do(seen)
	return errors.Join(err, f.write(seen))
}

func (f SeenFile) lock(ctx context.Context) (unlock func(), err error) {
	locks := private.Folder{Path: filepath.Join(f.Dir, "locks")}
	patience := cmp.Or(f.Patience, 5*time.Minute)
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	unlock, err = locks.Lock(waiting, private.FileName(f.Profile+"/watch"), f.Waiting)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return nil, problem.With(problem.ExitFailure, "another run watches the same installs, and did not end within %s", patience).
			Hint("waits longer", "dest", "watch", "--once", "--timeout", "1h")
	}
	return unlock, err
}

func (f SeenFile) read() (*Seen, error) {
	seen := NewSeen()
	data, err := f.folder().Read(f.name())
	var fault *private.Error
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return seen, nil
	case errors.As(err, &fault) && fault.Kind == private.TooLarge:
		f.damaged()
		return seen, nil
	case err != nil:
		return nil, err
	}
	content, ok := unpack(data)
	switch {
	case ok && content.Version > seenVersion:
		return nil, problem.With(problem.ExitStore, "read %s: version %d, and this segctl knows %d: use the segctl that wrote it",
			filepath.Join(f.folder().Path, f.name()), content.Version, seenVersion).Hint("which one this is", "version")
	case !ok || content.Version < 1:
		f.damaged()
		return seen, nil
	case content.API != f.API:
		return seen, nil
	}
	for install, healths := range content.Seen {
		for key, health := range healths {
			if _, known := destination.ParseHealth(string(health)); !known {
				delete(healths, key)
			}
		}
		if len(healths) > 0 {
			seen.healths[install] = healths
		}
	}
	return seen, nil
}

func (f SeenFile) damaged() {
	if f.Note != nil {
		f.Note("what was seen before is damaged, and counts as not seen: " + filepath.Join(f.folder().Path, f.name()))
	}
}

// unpack returns what is in a file, and false for one that segctl did not write. Of a newer version, only that is known.
func unpack(data []byte) (seenContent, bool) {
	var content seenContent
	packed, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return content, false
	}
	text, err := io.ReadAll(io.LimitReader(packed, maxUnpacked))
	if err != nil {
		return content, false
	}
	var header struct {
		Version int `json:"v"`
	}
	if json.Unmarshal(text, &header) != nil {
		return content, false
	}
	if header.Version > seenVersion {
		return seenContent{Version: header.Version}, true
	}
	return content, json.Unmarshal(text, &content) == nil
}

func (f SeenFile) write(seen *Seen) error {
	text, err := json.Marshal(seenContent{seenVersion, f.API, seen.healths})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	_, err = packed.Write(text)
	if err = errors.Join(err, packed.Close()); err != nil {
		return err
	}
	if b.Len() > maxSeen {
		return problem.With(problem.ExitStore, "what was seen of %d installs is too large to be kept", len(seen.healths)).
			Hint("watches a part of them", "dest", "watch", "--once", "--match", "a*")
	}
	return f.folder().Write(f.name(), b.Bytes())
}

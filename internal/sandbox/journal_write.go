package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/google/renameio/v2/maybe"
)

// compact writes the whole store as one transaction, atomically, and goes on appending there.
func (j *journal) compact(s *store) error {
	line, err := encodeLine(s.state())
	if err != nil {
		return err
	}
	if err := maybe.WriteFile(j.path, line, 0o600); err != nil {
		return fmt.Errorf("write state file: %w", err)
	}
	if j.file != nil {
		_ = j.file.Close() // the file it was is gone
	}
	j.file, j.size, j.torn = nil, int64(len(line)), false
	j.full = 2*j.size + compactAfter
	return nil
}

// compactLater is compact for a transaction that is committed: where it fails, the file is as it was, only longer than
// need be. It is tried again when the file has grown.
func (j *journal) compactLater(s *store) {
	if err := j.compact(s); err != nil {
		j.full = 2*j.size + compactAfter
	}
}

// append writes one transaction. When it fails, the complete lines of the file are what they were.
func (j *journal) append(changes []change) (err error) {
	line, err := encodeLine(changes)
	if err != nil {
		return err
	}
	if j.file == nil {
		if j.file, err = os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND, 0); err != nil {
			j.file = nil
			return fmt.Errorf("open state file: %w", err)
		}
	}
	if j.torn {
		if err := j.file.Truncate(j.size); err != nil {
			return fmt.Errorf("repair state file: %w", err)
		}
		j.torn = false
	}
	if _, err := j.file.Write(line); err != nil {
		j.torn = true
		return fmt.Errorf("write state file: %w", err)
	}
	j.size += int64(len(line))
	return nil
}

func encodeLine(changes []change) ([]byte, error) {
	out := journalLine{Changes: make([]journalChange, len(changes))}
	for i, c := range changes {
		out.Changes[i].Name = c.name
		if c.value == nil {
			continue
		}
		raw, err := json.Marshal(c.value)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", collectionWord(c.name), err)
		}
		out.Changes[i].Value = raw
	}
	line, err := json.Marshal(out)
	return append(line, '\n'), err
}

func (j *journal) close() error {
	if j.file == nil {
		return j.lock.Unlock()
	}
	return errors.Join(j.file.Sync(), j.file.Close(), j.lock.Unlock())
}

package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gofrs/flock"
)

// compactAfter is how much a journal grows before it is written anew.
const compactAfter = 16 << 20

// journal is a state file: one line of JSON per transaction. A transaction is written before it is answered, so a
// killed process loses nothing that was answered; a line that was cut off never was.
type journal struct {
	path string
	lock *flock.Flock
	file *os.File // nil: to be opened at the next transaction
	size int64    // of the complete lines
	full int64    // size at which the file is compacted
	torn bool     // what stands after size is a part of a line
}

type journalLine struct {
	Changes []journalChange `json:"changes"`
}

type journalChange struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value,omitempty"` // absent: deleted
}

// openJournal reads the state file into the store, and reports whether there was one.
func openJournal(path string, s *store) (j *journal, found bool, err error) {
	j = &journal{path: path, lock: flock.New(path + ".lock")}
	locked, err := j.lock.TryLock()
	if err != nil {
		return nil, false, fmt.Errorf("lock state file %q: %w", path, err)
	}
	if !locked {
		return nil, false, fmt.Errorf("state file %q is in use by another sandbox", path)
	}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, false, errors.Join(fmt.Errorf("read state file: %w", err), j.lock.Unlock())
	}
	if err == nil {
		if err := makePrivate(path); err != nil {
			return nil, false, errors.Join(err, j.lock.Unlock())
		}
	}
	if err := replay(s, data); err != nil {
		return nil, false, errors.Join(fmt.Errorf("read state file %q: %w", path, err), j.lock.Unlock())
	}
	return j, len(data) > 0, nil
}

// makePrivate takes a state file away from others: it holds tokens and passwords. Writing it anew keeps its permissions.
func makePrivate(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.Mode().Perm()&0o077 != 0 && info.Mode().IsRegular() {
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		return fmt.Errorf("make state file private: %w", err)
	}
	return nil
}

func replay(s *store, data []byte) error {
	r := bufio.NewReader(bytes.NewReader(data))
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // what stands after the last newline was never answered
		}
		var in journalLine
		if err := json.Unmarshal(line, &in); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		changes := make([]change, 0, len(in.Changes))
		for _, c := range in.Changes {
			value, err := decodeRecord(c.Name, c.Value)
			if err != nil {
				return fmt.Errorf("line %d: %s: %w", n, c.Name, err)
			}
			changes = append(changes, change{c.Name, value})
		}
		s.apply(changes)
	}
}

// decodeRecord reads a value whose type follows from where it is kept. It is nil for a deletion.
func decodeRecord(name string, raw json.RawMessage) (any, error) {
	if raw == nil {
		return nil, nil
	}
	var value any
	switch collectionWord(name) {
	case "users":
		value = &user{}
	case "apps":
		value = &app{}
	case "clients":
		var client string
		return client, json.Unmarshal(raw, &client)
	case "workspaces":
		value = &workspace{}
	case "sources":
		s := &source{}
		err := json.Unmarshal(raw, s)
		s.complete()
		return s, err
	case "destinations":
		value = &destination{}
	case "filters":
		value = &filter{}
	case "tracking-plans":
		value = &trackingPlan{}
	case "source-connections":
		value = &connection{TrackingPlanID: lastWord(collection(collection(name)))}
	case "installs":
		value = &install{}
	case "tokens":
		value = &token{}
	case "codes":
		value = &code{}
	case "consents":
		value = &consent{}
	case "":
		value = newSchemaConfig(collection(name))
	default:
		value = &document{}
	}
	return value, json.Unmarshal(raw, value)
}

// collectionWord is the last word of the collection in which a resource is, such as "sources"; it is empty for a resource
// in no collection, such as schema-config.
func collectionWord(name string) string {
	if strings.Count(name, "/")%2 == 0 {
		return ""
	}
	return lastWord(collection(name))
}

// isCatalog tells the catalog from the state: it is given anew at every start.
func isCatalog(name string) bool { return strings.HasPrefix(name, "catalog/") }

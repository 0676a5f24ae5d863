package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
)

// operation is one read or write of a register, with the logical times between which it took effect.
type operation struct {
	begin, end int64
	write      bool
	value      string
}

// 32 clients write and read one setting of one destination. Every write has a value of its own, so each read says which
// write it saw: never one that had been overwritten before the read began, nor one that began after the read's end.
func TestLinearisableRegister(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	const name = "workspaces/acme/sources/js/destinations/google-analytics"
	api(s, workspaceToken, "POST", destinationsPath, `{"destination":{"name":"`+name+`","config":[{"name":"`+name+`/config/domain","value":"first"}]}}`)
	const clients, rounds = 32, 25
	histories := make([][]operation, clients)
	var clock atomic.Int64
	var wait sync.WaitGroup
	for client := range clients {
		wait.Go(func() {
			for round := range rounds {
				wrote := operation{begin: clock.Add(1), write: true, value: fmt.Sprintf("%d-%d", client, round)}
				w := api(s, workspaceToken, "PATCH", "/v1beta/"+name, `{"destination":{"config":[{"name":"`+name+`/config/domain","value":"`+wrote.value+`"}]},"update_mask":{"paths":["config"]}}`)
				wrote.end = clock.Add(1)
				if got := onlyValue(w); got != wrote.value {
					t.Errorf("wrote %s, the answer says %s", wrote.value, got)
				}
				read := operation{begin: clock.Add(1)}
				read.value = onlyValue(api(s, workspaceToken, "GET", "/v1beta/"+name, ""))
				read.end = clock.Add(1)
				histories[client] = append(histories[client], wrote, read)
			}
		})
	}
	wait.Wait()
	var history []operation
	for _, h := range histories {
		history = append(history, h...)
	}
	if problem := staleRead(history); problem != "" {
		t.Error(problem)
	}
}

// The check itself has to find what it is for.
func TestStaleRead(t *testing.T) {
	t.Parallel()
	a, b := operation{1, 2, true, "a"}, operation{3, 4, true, "b"}
	for name, c := range map[string]struct {
		stale bool
		more  []operation
	}{
		"overwritten":         {true, []operation{{5, 6, false, "a"}}},
		"latest":              {false, []operation{{5, 6, false, "b"}}},
		"during the write":    {false, []operation{{2, 5, false, "a"}}},
		"from the future":     {true, []operation{{1, 2, false, "b"}}},
		"never written":       {true, []operation{{5, 6, false, "c"}}},
		"new, then old again": {true, []operation{{5, 12, true, "c"}, {6, 7, false, "c"}, {8, 9, false, "b"}}},
	} {
		if got := staleRead(append([]operation{a, b}, c.more...)); c.stale != (got != "") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// staleRead describes a read that no register could have answered, if there is one.
func staleRead(history []operation) string {
	writes := map[string]operation{}
	visible := map[string]int64{} // when the value was certainly there: its write had ended, or a read had returned it
	for _, op := range history {
		if op.write {
			writes[op.value] = op
		}
		if at, ok := visible[op.value]; !ok || op.end < at {
			visible[op.value] = op.end
		}
	}
	for _, read := range history {
		if read.write {
			continue
		}
		wrote, known := writes[read.value]
		if !known || wrote.begin > read.end {
			return fmt.Sprintf("read %+v saw what nobody had written", read)
		}
		for value, other := range writes {
			if other.begin > wrote.end && visible[value] < read.begin {
				return fmt.Sprintf("read %+v saw %+v, which %+v had overwritten", read, wrote, other)
			}
		}
	}
	return ""
}

// onlyValue is the value of a destination's only setting.
func onlyValue(w *httptest.ResponseRecorder) string {
	var d struct{ Config []struct{ Value string } }
	if json.Unmarshal(w.Body.Bytes(), &d) != nil || len(d.Config) != 1 {
		return w.Body.String()
	}
	return d.Config[0].Value
}

package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Clock is what a sandbox takes for the present time.
type Clock struct {
	Now time.Time `json:"now"`
}

// Admin is a client of the admin API of a sandbox that runs somewhere else. It sends no credentials. Its errors are
// *NoSandboxError, *AdminError, or that of a context that ended.
type Admin struct {
	BaseURL string            // such as "http://127.0.0.1:8899"
	HTTP    http.RoundTripper // nil: http.DefaultTransport
	Timeout time.Duration     // longest wait for one answer, and for the first part of a stream; 0: none
}

// NoSandboxError says that no sandbox answers where one should.
type NoSandboxError struct {
	URL string
	Err error
}

func (e *NoSandboxError) Error() string { return fmt.Sprintf("no sandbox at %s: %v", e.URL, e.Err) }

// Unwrap returns the cause.
func (e *NoSandboxError) Unwrap() error { return e.Err }

// AdminError is what a sandbox says is wrong with a request to its admin API.
type AdminError struct {
	Message string
	Missing string // what it does not have: install, destination, snapshot or fault; "": the request makes no sense
}

func (e *AdminError) Error() string { return e.Message }

// Requests returns the last requests that the sandbox answered, oldest first.
func (a *Admin) Requests(ctx context.Context) ([]Request, error) {
	var answer struct {
		Requests []Request `json:"requests"`
	}
	err := a.ask(ctx, http.MethodGet, "requests", nil, &answer)
	return answer.Requests, err
}

// Counters returns what the sandbox counted.
func (a *Admin) Counters(ctx context.Context) (Counters, error) {
	var answer Counters
	err := a.ask(ctx, http.MethodGet, "counters", nil, &answer)
	return answer, err
}

type quirksAnswer struct {
	Quirks []Quirk `json:"quirks"`
}

// Quirks returns all quirks with their present values.
func (a *Admin) Quirks(ctx context.Context) ([]Quirk, error) {
	var answer quirksAnswer
	err := a.ask(ctx, http.MethodGet, "quirks", nil, &answer)
	return answer.Quirks, err
}

// SetQuirk switches a quirk, and returns it with the value that it has then.
func (a *Admin) SetQuirk(ctx context.Context, name, value string) (Quirk, error) {
	var answer quirksAnswer
	if err := a.ask(ctx, http.MethodPost, "quirks", Quirk{Name: name, Value: value}, &answer); err != nil {
		return Quirk{}, err
	}
	at := slices.IndexFunc(answer.Quirks, func(q Quirk) bool { return q.Name == name })
	if at < 0 {
		return Quirk{}, a.absent(fmt.Errorf("its answer lacks the quirk %s", name))
	}
	return answer.Quirks[at], nil
}

type faultsAnswer struct {
	Faults []Fault `json:"faults"`
}

// Faults returns the faults that are switched on.
func (a *Admin) Faults(ctx context.Context) ([]Fault, error) {
	var answer faultsAnswer
	err := a.ask(ctx, http.MethodGet, "faults", nil, &answer)
	return answer.Faults, err
}

// AddFault switches a fault on, and returns it with its ID.
func (a *Admin) AddFault(ctx context.Context, f Fault) (Fault, error) {
	var answer Fault
	err := a.ask(ctx, http.MethodPost, "faults", f, &answer)
	return answer, err
}

// ClearFaults switches off the fault with this ID, or with 0 all of them, and returns the rest. Where there is no such
// fault, the error is an *AdminError that says Missing.
func (a *Admin) ClearFaults(ctx context.Context, id int) ([]Fault, error) {
	path := "faults"
	if id != 0 {
		path += "/" + strconv.Itoa(id)
	}
	var answer faultsAnswer
	err := a.ask(ctx, http.MethodDelete, path, nil, &answer)
	return answer.Faults, err
}

// Clock returns the sandbox's present time.
func (a *Admin) Clock(ctx context.Context) (Clock, error) {
	var answer Clock
	err := a.ask(ctx, http.MethodGet, "clock", nil, &answer)
	return answer, err
}

// Advance moves the sandbox's clock forward, and returns its new time.
func (a *Admin) Advance(ctx context.Context, d time.Duration) (Clock, error) {
	var answer Clock
	err := a.ask(ctx, http.MethodPost, "clock", map[string]string{"advance": d.String()}, &answer)
	return answer, err
}

// Reset puts back what the sandbox started with: one collection such as "destinations", or everything for "".
func (a *Admin) Reset(ctx context.Context, only string) error {
	return a.ask(ctx, http.MethodPost, "reset", map[string]string{"only": only}, &struct{}{})
}

// Export returns the present state as a seed file, with the sandbox's secrets in it.
func (a *Admin) Export(ctx context.Context) ([]byte, error) {
	return a.read(ctx, http.MethodGet, "export", nil, "application/yaml")
}

// Installs returns where Apps are installed, oldest first.
func (a *Admin) Installs(ctx context.Context) ([]Installed, error) {
	var answer struct {
		Installs []Installed `json:"installs"`
	}
	err := a.ask(ctx, http.MethodGet, "installs", nil, &answer)
	return answer.Installs, err
}

// Act does what a customer does on Segment's own pages.
func (a *Admin) Act(ctx context.Context, act Act) (Acted, error) {
	var answer Acted
	err := a.ask(ctx, http.MethodPost, "act", act, &answer)
	return answer, err
}

// Snapshots returns what was saved of the sandbox, by name.
func (a *Admin) Snapshots(ctx context.Context) ([]Snapshot, error) {
	var answer snapshotsAnswer
	err := a.ask(ctx, http.MethodGet, "snapshots", nil, &answer)
	return answer.Snapshots, err
}

type snapshotsAnswer struct {
	Snapshots []Snapshot `json:"snapshots"`
}

// SaveSnapshot keeps the sandbox's present state under a name.
func (a *Admin) SaveSnapshot(ctx context.Context, name string) (Snapshot, error) {
	var answer Snapshot
	err := a.ask(ctx, http.MethodPost, "snapshots", map[string]string{"name": name}, &answer)
	return answer, err
}

// RestoreSnapshot makes the sandbox's state what was saved under a name.
func (a *Admin) RestoreSnapshot(ctx context.Context, name string) (Snapshot, error) {
	var answer Snapshot
	err := a.ask(ctx, http.MethodPost, "snapshots/"+url.PathEscape(name)+"/restore", nil, &answer)
	return answer, err
}

// RemoveSnapshot forgets what was saved under a name, and returns the rest.
func (a *Admin) RemoveSnapshot(ctx context.Context, name string) ([]Snapshot, error) {
	var answer snapshotsAnswer
	err := a.ask(ctx, http.MethodDelete, "snapshots/"+url.PathEscape(name), nil, &answer)
	return answer.Snapshots, err
}

package compare

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/segctl/segctl/internal/sandbox/conformance"
)

// restoreTimeout bounds how long the destination is put back, also after Ctrl-C.
const restoreTimeout = 30 * time.Second

// state is what counts of a destination.
type state struct {
	Enabled bool   `json:"enabled"`
	Mode    string `json:"connection_mode"`
	Config  []struct {
		Name  string          `json:"name"`
		Value json.RawMessage `json:"value"`
	} `json:"config"`
}

func stateOf(raw json.RawMessage) state {
	var s state
	_ = json.Unmarshal(raw, &s) // an answer that is no destination is not the same as one
	return s
}

// settings are the settings as they are sent.
func (s state) settings() []setting {
	config := []setting{}
	for _, c := range s.Config {
		config = append(config, setting{c.Name, c.Value})
	}
	return config
}

// restore puts the destination back as it was, and says in the report what was done. Only what differs is sent.
func (r *run) restore(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), restoreTimeout)
	defer cancel()
	done, err := r.putBack(ctx)
	if err != nil {
		r.report.Left, r.report.Restored = true, "it may not be as it was before: "+r.place.Hide(r.options.Redact(err.Error()))
		return
	}
	r.report.Restored = done
}

func (r *run) putBack(ctx context.Context) (string, error) {
	now, err := r.get(ctx, r.place.Destination())
	if err != nil {
		return "", err
	}
	isGone := now.Status == http.StatusNotFound
	if now.Status != http.StatusOK && !isGone {
		return "", fmt.Errorf("the server answered %d when it was looked at", now.Status)
	}
	was := stateOf(r.before)
	switch {
	case r.before == nil && isGone:
		return "it was absent before, and is absent again", nil
	case r.before == nil:
		return "it was absent before, and was deleted again", r.send(ctx, http.MethodDelete, r.place.Destination(), nil)
	case isGone:
		return "it was gone, and was created again with its settings", r.send(ctx, http.MethodPost, r.place.Source+"/destinations", map[string]any{
			"destination": r.body(was),
		})
	case reflect.DeepEqual(was, stateOf(now.Body)):
		return "it is as it was before", nil
	}
	return "it was changed back to what it was before", r.send(ctx, http.MethodPatch, r.place.Destination(), map[string]any{
		"destination": r.body(was),
		"update_mask": map[string]any{"paths": []string{"destination.enabled", "destination.connection_mode", "destination.config"}},
	})
}

func (r *run) body(s state) map[string]any {
	return map[string]any{"name": r.place.Destination(), "enabled": s.Enabled, "connection_mode": s.Mode, "config": s.settings()}
}

func (r *run) send(ctx context.Context, method, path string, body any) error {
	request := conformance.Request{Method: method, Path: path}
	if body != nil {
		request.Body = []byte(asJSON(body))
	}
	answer, err := r.options.Server(ctx, request)
	if err == nil && answer.Status >= http.StatusMultipleChoices {
		err = fmt.Errorf("the server answered %d", answer.Status)
	}
	return err
}

package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/segctl/segctl/internal/serve/ledger"
)

type eventsBody struct {
	Events []ledger.Event `json:"events"`
	More   bool           `json:"more"`
	Next   string         `json:"next"` // what to give as after, also where nothing has happened yet
}

func (s *service) listEvents(w http.ResponseWriter, r *http.Request) error {
	p, err := paging(r)
	if err != nil {
		return err
	}
	events, err := s.Ledger.Events(r.Context(), p.after, p.limit+1)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return wrongField("after", "after is no event that is kept; they are kept for 30 days, and without after the list begins with the oldest")
	case err != nil:
		return fmt.Errorf("list events: %w: %w", errStore, err)
	}
	body := eventsBody{Events: events, Next: p.after}
	if body.More = len(events) > p.limit; body.More {
		body.Events = events[:p.limit]
	}
	if n := len(body.Events); n > 0 {
		body.Next = body.Events[n-1].ID
	} else {
		body.Events = []ledger.Event{}
	}
	for i, e := range body.Events {
		body.Events[i].Time = e.Time.UTC()
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// redeliver has the webhook of an event sent again. It is answered before that is done.
func (s *service) redeliver(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	if n, err := io.ReadFull(r.Body, make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		return wrongField("", "there is no body to this request")
	}
	if s.Redeliver == nil {
		return &refusal{status: http.StatusConflict, message: "the service has no webhook URL to deliver to"}
	}
	if err := s.Redeliver(r.Context(), r.PathValue("id")); err != nil {
		return missing(err, "event")
	}
	writeJSON(w, http.StatusAccepted, struct {
		ID string `json:"id"`
	}{r.PathValue("id")})
	return nil
}

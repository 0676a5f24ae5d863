package web

import (
	"net/http"
	"time"

	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/wire"
)

// createdBody is a link that was made.
type createdBody struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *service) createLink(w http.ResponseWriter, r *http.Request) error {
	link, err := readLink(r, false)
	if err != nil {
		return err
	}
	created, err := s.Engine.NewLink(r.Context(), link)
	return s.created(w, created, err)
}

// reconnect makes a link that brings an install back. Its body may be left out.
func (s *service) reconnect(w http.ResponseWriter, r *http.Request) error {
	name, err := wire.ParseInstallName(r.PathValue("name"))
	if err != nil {
		return err
	}
	link, err := readLink(r, true)
	if err != nil {
		return err
	}
	created, err := s.Engine.Reconnect(r.Context(), name, link)
	return s.created(w, created, missing(err, "install"))
}

func (s *service) created(w http.ResponseWriter, c flow.Created, err error) error {
	if err != nil {
		return err
	}
	s.Redactor.Learn(c.ID)
	writeJSON(w, http.StatusCreated, createdBody{c.ID, c.URL, c.ExpiresAt.UTC()})
	return nil
}

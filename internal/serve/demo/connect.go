package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxAnswer bounds what is read of an answer or a request, in bytes.
const maxAnswer = 64 << 10

// connect makes a link for the customer whose button was pressed and sends them there, or, where it is to be mailed, shows
// the link. The link is made only now: it is good for one connection and a limited time.
func (b *Backend) connect(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxAnswer)
	b.mu.Lock()
	c := b.customer(r.PostFormValue("customer"))
	b.mu.Unlock()
	if c == nil {
		http.Error(w, "there is no such customer", http.StatusBadRequest)
		return
	}
	link, err := b.makeLink(r.Context(), c)
	mail := r.PostFormValue("how") == "mail"
	b.mu.Lock()
	b.problem, c.Mail = "", ""
	switch {
	case err != nil:
		b.problem = err.Error()
	case mail:
		c.Mail = link
	}
	b.mu.Unlock()
	if err != nil || mail {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, link+"?go=1", http.StatusSeeOther) // straight on: they have pressed a button already
}

// linkRequest is what POST /v1/links of the service takes.
type linkRequest struct {
	Customer  string            `json:"customer"`
	Settings  map[string]string `json:"settings"`
	ReturnURL string            `json:"return_url"`
}

// makeLink asks the service for a link. Errors hold neither the token nor the customer's key.
func (b *Backend) makeLink(ctx context.Context, c *customer) (string, error) {
	body, err := json.Marshal(linkRequest{
		Customer:  c.Name,
		Settings:  map[string]string{b.options.Setting: c.key},
		ReturnURL: b.options.URL + ReturnPath,
	})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.options.Service+"/v1/links", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+b.options.Token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := b.options.Client.Do(req)
	if err != nil {
		return "", errors.New("the service cannot be reached")
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return "", errors.New("the service's answer broke off")
	}
	var answer struct {
		URL   string `json:"url"`
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.URL == "" {
		return "", fmt.Errorf("the service answered %s: %s", resp.Status, answer.Error.Message)
	}
	return answer.URL, nil
}

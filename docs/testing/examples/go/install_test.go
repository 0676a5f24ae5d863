package install

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

func TestInstall(t *testing.T) {
	t.Parallel()
	id, api := os.Getenv("SEGCTL_ID_URL"), os.Getenv("SEGCTL_API_URL")
	if api == "" {
		t.Skip("run with: segctl sandbox run --auto-approve -- go test ./...")
	}
	app := oauth2.Config{
		ClientID: os.Getenv("CLIENT_ID"), ClientSecret: os.Getenv("CLIENT_SECRET"), RedirectURL: os.Getenv("SEGCTL_REDIRECT_URL"),
		Scopes:   []string{"destination/clearbrain"},
		Endpoint: oauth2.Endpoint{AuthURL: id + "/oauth2/auth", TokenURL: id + "/oauth2/token", AuthStyle: oauth2.AuthStyleInHeader},
	}
	stay := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	consent, err := stay.Get(app.AuthCodeURL("12345678"))
	if err != nil {
		t.Fatal(err)
	}
	defer consent.Body.Close()
	callback, err := url.Parse(consent.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	token, err := app.Exchange(t.Context(), callback.Query().Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	source := token.Extra("source_names").([]any)[0].(string)
	name := source + "/destinations/clearbrain"
	body := fmt.Sprintf(`{"destination": {"name": %q, "enabled": true, "config": [{"name": %q, "value": "abcd1234"}]}}`, name, name+"/config/apiKey")
	created, err := app.Client(t.Context(), token).Post(api+"/v1beta/"+source+"/destinations", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer created.Body.Close()
	if created.StatusCode != http.StatusOK {
		t.Errorf("create: %s", created.Status)
	}
}

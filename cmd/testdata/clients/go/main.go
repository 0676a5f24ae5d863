//go:build ignore

// A program written for Segment with golang.org/x/oauth2 and net/http, with the real host names built in: it installs an
// App, creates its destination, updates it when it is there already, and refreshes its token.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"

	"golang.org/x/oauth2"
)

const api = "https://platform.segmentapis.com/v1beta/"

func main() {
	log.SetFlags(0)
	redirect, err := url.Parse(os.Getenv("SEGCTL_REDIRECT_URL")) // the one that the App is registered with
	check(err)
	conf := &oauth2.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		RedirectURL:  redirect.String(),
		Scopes:       []string{"destination/clearbrain"},
		Endpoint: oauth2.Endpoint{
			AuthURL:   "https://id.segmentapis.com/oauth2/auth",
			TokenURL:  "https://id.segmentapis.com/oauth2/token",
			AuthStyle: oauth2.AuthStyleInHeader,
		},
	}
	codes := make(chan string, 1)
	http.HandleFunc(redirect.Path, func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("state") != "a-state-of-its-own" {
			http.Error(w, "wrong state", http.StatusBadRequest)
			return
		}
		codes <- r.FormValue("code")
	})
	go func() { log.Fatal(http.ListenAndServe(redirect.Host, nil)) }()

	verifier := oauth2.GenerateVerifier()
	browse(conf.AuthCodeURL("a-state-of-its-own", oauth2.S256ChallengeOption(verifier)))
	token, err := conf.Exchange(context.Background(), <-codes, oauth2.VerifierOption(verifier))
	check(err)
	install, sources := token.Extra("install_name").(string), token.Extra("source_names").([]any)
	fmt.Println("installed", install, "on", sources[0])

	client := oauth2.NewClient(context.Background(), oauth2.StaticTokenSource(token))
	source := sources[0].(string)
	destination := source + "/destinations/clearbrain"
	config := []any{map[string]any{"name": destination + "/config/apiKey", "value": "abcd1234"}}
	spec := map[string]any{"name": destination, "enabled": true, "config": config}
	for range 2 {
		status, answer := call(client, http.MethodPost, source+"/destinations", map[string]any{"destination": spec})
		if text, _ := answer["error"].(string); strings.Contains(text, "destination already exists") {
			status, answer = call(client, http.MethodPatch, destination, map[string]any{
				"destination": spec, "update_mask": map[string]any{"paths": []string{"destination.enabled", "destination.config"}},
			})
			fmt.Print("updated: ")
		}
		fmt.Println(status, answer["enabled"])
	}

	req, err := http.NewRequest(http.MethodGet, api+install+"/token", nil)
	check(err)
	req.SetBasicAuth(conf.ClientID, conf.ClientSecret)
	resp, err := http.DefaultClient.Do(req)
	check(err)
	var fresh oauth2.Token
	check(json.NewDecoder(resp.Body).Decode(&fresh))
	status, _ := call(client, http.MethodGet, destination, nil)
	fmt.Println("with the old token:", status)
	status, _ = call(oauth2.NewClient(context.Background(), oauth2.StaticTokenSource(&fresh)), http.MethodGet, destination, nil)
	fmt.Println("with the new token:", status)

	if _, err = http.Get("https://example.com/"); err != nil {
		fmt.Println("elsewhere: refused")
	}
}

// browse follows the redirects to the callback, which is this program's own.
func browse(url string) {
	resp, err := http.Get(url)
	check(err)
	check(resp.Body.Close())
	fmt.Println("callback:", resp.StatusCode)
}

func call(client *http.Client, method, path string, body any) (int, map[string]any) {
	var b bytes.Buffer
	if body != nil {
		check(json.NewEncoder(&b).Encode(body))
	}
	req, err := http.NewRequest(method, api+path, &b)
	check(err)
	resp, err := client.Do(req)
	check(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	check(err)
	var answer map[string]any
	check(json.Unmarshal(text, &answer))
	return resp.StatusCode, answer
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

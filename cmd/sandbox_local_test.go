package cmd

import (
	"bufio"
	"io"
	"net/http"
	"testing"
	"time"
)

// A stream of the request log would keep http.Server.Shutdown waiting. It is ended properly instead, not cut.
func TestSandboxCloseEndsStreams(t *testing.T) {
	t.Parallel()
	flags := sandboxFlags{scope: sandboxScope, tokenTTL: time.Hour}
	box, err := flags.start(t.Context(), &App{Now: time.Now}, "127.0.0.1:0", "")
	if err != nil {
		t.Fatal(err)
	}
	get(t, box.URL+"/v1beta/workspaces").Body.Close()
	stream := get(t, box.URL+"/_sandbox/requests?follow")
	defer stream.Body.Close()
	lines := bufio.NewReader(stream.Body)
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := box.close(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
		t.Errorf("the stream ended with %v after %q, want its proper end", err, rest)
	}
}

func get(t *testing.T, url string) *http.Response {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func TestReachable(t *testing.T) {
	t.Parallel()
	for addr, remote := range map[string]bool{
		"127.0.0.1:8899": false, "127.8.9.1:0": false, "[::1]:0": false, "localhost:80": false,
		"0.0.0.0:80": true, "[::]:80": true, ":80": true, "192.0.2.1:80": true, "localhost.example:80": true, "127.0.0.1.example:80": true,
	} {
		if _, got, err := reachable(addr); err != nil || got != remote {
			t.Errorf("reachable(%q) = %v, %v, want %v", addr, got, err, remote)
		}
	}
}

package sandbox

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const killedStateVar = "SANDBOX_TEST_KILLED_STATE"

// TestKilledSandbox is the process that TestKillLosesNothing kills; on its own it does nothing.
func TestKilledSandbox(t *testing.T) {
	t.Parallel()
	path := os.Getenv(killedStateVar)
	if path == "" {
		return
	}
	s := newSandbox(t, Options{StateFile: path, Tokens: []string{workspaceToken}})
	server := httptest.NewServer(s)
	fmt.Println("\n" + server.URL)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent kills it, or dies itself
}

func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledSandbox$")
	process.Env = append(os.Environ(), killedStateVar+"="+path)
	stdin, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	url := ""
	for lines := bufio.NewScanner(stdout); url == "" && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "http://") {
			url = lines.Text()
		}
	}

	const enough = 300
	answered := make(chan string, 10*enough)
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range enough {
				name := fmt.Sprintf("workspaces/acme/sources/s%d-%d", worker, i)
				r, _ := http.NewRequest(http.MethodPost, url+"/v1beta/workspaces/acme/sources", strings.NewReader(`{"source":{"name":"`+name+`","catalog_name":"catalog/sources/net"}}`))
				r.Header.Set("Authorization", "Bearer "+workspaceToken)
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					return // killed
				}
				resp.Body.Close()
				if resp.StatusCode == http.StatusOK {
					answered <- name
				}
			}
		})
	}
	names := []string{}
	for len(names) < enough {
		names = append(names, <-answered)
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait() // it was killed
	wait.Wait()
	close(answered)
	for name := range answered {
		names = append(names, name)
	}
	s := newSandbox(t, Options{StateFile: path, Tokens: []string{workspaceToken}})
	for _, name := range names {
		if w := api(s, workspaceToken, "GET", "/v1beta/"+name, ""); w.Code != http.StatusOK {
			t.Errorf("%s was answered and is lost: %d", name, w.Code)
		}
	}
}

package cmd

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaVariable names the schema that the events of a script are validated against.
const schemaVariable = "SEGCTL_TEST_EVENTS"

// mainWithEvents is Main, and ends the process with 99 where it printed an event that is none of the schema.
func mainWithEvents() int {
	path := os.Getenv(schemaVariable)
	_ = os.Unsetenv(schemaVariable) // it is no business of the children
	real := os.Stdout
	if path == "" || isTerminal(real) {
		return Main()
	}
	read, write, err := os.Pipe()
	if err != nil {
		return 99
	}
	os.Stdout = write
	var faults []string
	var wait sync.WaitGroup
	wait.Go(func() { faults = validateEvents(path, io.TeeReader(read, real)) })
	status := Main()
	_ = write.Close()
	wait.Wait()
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, "not an event:", fault)
		status = 99
	}
	return status
}

// validateEvents reads lines to the end, and returns what is wrong with those that are events.
func validateEvents(path string, r io.Reader) (faults []string) {
	var schema *jsonschema.Schema
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if bytes.HasPrefix(line, []byte(`{"event":`)) {
			if schema == nil {
				schema = jsonschema.NewCompiler().MustCompile(path)
			}
			var event any
			if err := json.Unmarshal(line, &event); err != nil {
				faults = append(faults, err.Error())
			} else if err := schema.Validate(event); err != nil {
				faults = append(faults, strings.TrimSpace(string(line))+": "+err.Error())
			}
		}
		if err != nil {
			return faults
		}
	}
}

// eventsSchema is the checked-in schema, as seen from anywhere.
var eventsSchema = absolute("../docs/schema/events.schema.json") //nolint:gochecknoglobals // the folder of the tests is known only at the start

func absolute(path string) string {
	whole, err := filepath.Abs(path)
	if err != nil {
		panic(err)
	}
	return whole
}

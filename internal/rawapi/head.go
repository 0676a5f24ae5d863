package rawapi

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

// Head returns the status line and the headers of an answer in the notation of HTTP/1.1, whichever version carried them,
// with an empty line behind them. What could steer a terminal is made harmless.
func Head(answer *segment.Response) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\n", answer.StatusCode, http.StatusText(answer.StatusCode))
	for _, name := range slices.Sorted(maps.Keys(answer.Header)) {
		for _, value := range answer.Header[name] {
			b.WriteString(secret.Clean(name+": "+value) + "\n")
		}
	}
	b.WriteByte('\n')
	return b.Bytes()
}

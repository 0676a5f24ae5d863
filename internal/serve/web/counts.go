package web

import (
	"fmt"
	"io"
	"net/http"
	"time"

	vm "github.com/VictoriaMetrics/metrics"
)

// counts are the metrics of requests. Their labels are words of this package: the patterns of routes, methods and statuses.
type counts struct{ set *vm.Set }

func newCounts() counts { return counts{vm.NewSet()} }

// answered counts a request.
func (c counts) answered(route, method string, status int, took time.Duration) {
	if status == 0 {
		status = http.StatusOK // nothing was written, which net/http answers with this
	}
	c.set.GetOrCreateCounter(fmt.Sprintf(`segctl_http_requests_total{route=%q,method=%q,status="%d"}`, route, method, status)).Inc()
	c.set.GetOrCreateHistogram(fmt.Sprintf(`segctl_http_request_duration_seconds{route=%q}`, route)).Update(took.Seconds())
}

func (c counts) write(w io.Writer) { c.set.WritePrometheus(w) }

package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

// BenchmarkDashboard makes the page of a fleet, and says how many bytes it has.
func BenchmarkDashboard(b *testing.B) {
	for _, customers := range []int{0, 1000, 10_000} {
		b.Run(strconv.Itoa(customers), func(b *testing.B) {
			o := Options{Customers: customers}
			if customers > 0 {
				o.Enabled = 80
			}
			s, err := New(o)
			if err != nil {
				b.Fatal(err)
			}
			size := 0
			for b.Loop() {
				size = serve(s, httptest.NewRequest(http.MethodGet, "/", nil)).Body.Len()
			}
			b.ReportMetric(float64(size)/1024, "KB")
		})
	}
}

package flow

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkLink makes links, 32 clients at a time.
func BenchmarkLink(b *testing.B) {
	r := newRig(b)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := r.engine.NewLink(b.Context(), LinkRequest{Customer: "acme"}); err != nil {
				b.Error(err)
			}
		}
	})
}

// farAway is how long the answer to an exchange takes from a server that is not on this machine.
const farAway = 20 * time.Millisecond

// BenchmarkCallback takes the answers of owners, one after the other. rest-ms is what a callback costs beside the exchange,
// exchange-ms what the sandbox takes for that, and of-exchange the whole as a multiple of the exchange: both with the sandbox on
// this machine, and farAway.
func BenchmarkCallback(b *testing.B) {
	b.Run("near", func(b *testing.B) { benchmarkCallback(b, 0, false) })
	b.Run("far", func(b *testing.B) { benchmarkCallback(b, farAway, false) })
}

// BenchmarkCallbacks is BenchmarkCallback with 32 owners at a time.
func BenchmarkCallbacks(b *testing.B) { benchmarkCallback(b, 0, true) }

func benchmarkCallback(b *testing.B, distance time.Duration, parallel bool) {
	r := newRig(b)
	var exchanging atomic.Int64
	front := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		start := time.Now()
		if req.URL.Path == "/oauth2/token" {
			time.Sleep(distance)
		}
		r.box.ServeHTTP(w, req)
		if req.URL.Path == "/oauth2/token" {
			exchanging.Add(int64(time.Since(start)))
		}
	})
	r.front.Store(&front)
	places := r.box.Installs()
	tabs := make([]tab, b.N)
	for i := range tabs {
		place := places[i%len(places)]
		tabs[i] = r.consent(r.link(place.Workspace).ID, "workspaces/"+place.Workspace+"/sources/"+place.Source)
	}
	var next, spent atomic.Int64
	one := func() {
		start := time.Now()
		if o := r.callback(r.engine, tabs[next.Add(1)-1]); o.Status != StatusConnected {
			b.Errorf("the outcome is %+v", o)
		}
		spent.Add(int64(time.Since(start)))
	}
	b.ResetTimer()
	if parallel {
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				one()
			}
		})
	} else {
		for range b.N {
			one()
		}
	}
	milliseconds := func(d int64) float64 { return time.Duration(d).Seconds() * 1000 / float64(b.N) }
	b.ReportMetric(milliseconds(exchanging.Load()), "exchange-ms/op")
	b.ReportMetric(milliseconds(spent.Load()-exchanging.Load()), "rest-ms/op")
	b.ReportMetric(float64(spent.Load())/float64(exchanging.Load()), "of-exchange")
}

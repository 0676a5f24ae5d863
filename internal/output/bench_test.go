package output

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"
)

const manyRows = 10_000

// manyDestinations are ten thousand destinations, as a bulk listing prints them.
func manyDestinations() (values []json.RawMessage, table func() Table) {
	values = make([]json.RawMessage, manyRows)
	for i := range values {
		values[i] = json.RawMessage(destination)
	}
	return values, func() Table {
		t := Table{Header: []string{"name", "display name", "state", "mode"}, Tint: State}
		for i := range manyRows {
			name := fmt.Sprintf("workspaces/business/sources/js/destinations/clearbrain-%d", i)
			t.Rows = append(t.Rows, []string{name, "ClearBrain", "enabled", "CLOUD"})
		}
		return t
	}
}

// BenchmarkPrint prints them in each format. Beside each printing there is one as TSV, so that x-tsv, how many times as
// long the format takes, is of one run.
func BenchmarkPrint(b *testing.B) {
	values, table := manyDestinations()
	for _, format := range Formats() {
		b.Run(format, func(b *testing.B) {
			p := Printer{Out: io.Discard, Format: Format(format), TTY: format == "table", Color: true, Width: 70}
			tsv := Printer{Out: io.Discard, Format: FormatTSV}
			var took, tookTSV time.Duration
			var before, after runtime.MemStats
			var bytes uint64
			timed := func(p Printer, total *time.Duration) {
				start := time.Now()
				if err := p.Print(b.Context(), values, table); err != nil {
					b.Fatal(err)
				}
				*total += time.Since(start)
			}
			for b.Loop() {
				timed(tsv, &tookTSV)
				runtime.ReadMemStats(&before)
				timed(p, &took)
				runtime.ReadMemStats(&after)
				bytes += after.TotalAlloc - before.TotalAlloc
			}
			b.ReportMetric(float64(took)/float64(tookTSV), "x-tsv")
			b.ReportMetric(float64(bytes)/float64(b.N)/1e6, "MB/op")
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N)/1e6, "ms/op")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// A long list takes memory for its rows, and not for its text: the bounds are those of docs/benchmarks.md, in bytes. They
// are counted, not timed.
//
//nolint:paralleltest // what other tests allocate would be counted as well
func TestLongListsTakeLittleMemory(t *testing.T) {
	values, table := manyDestinations()
	for format, most := range map[Format]uint64{FormatTable: 16e6, FormatTSV: 16e6, FormatCSV: 16e6, FormatJSON: 4e6, FormatYAML: 16e6} {
		p := Printer{Out: io.Discard, Format: format, TTY: format == FormatTable, Color: true, Width: 70}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := p.Print(t.Context(), values, table); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > most {
			t.Errorf("%s took %d bytes, want at most %d", format, took, most)
		}
	}
}

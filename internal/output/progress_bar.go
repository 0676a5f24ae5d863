package output

import (
	"cmp"
	"io"

	"github.com/vbauerster/cupwriter"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bar is a bar that is being drawn.
type bar struct {
	all *mpb.Progress
	one *mpb.Bar
}

// remove draws the bar once more, with the lines that were printed since it was drawn last, and takes it off the terminal.
func (b *bar) remove() {
	b.one.Abort(true)
	b.all.Wait()
}

// counted makes a bar that is filled by the counts of a phase. Counting in the bar itself would end it with the last one.
type counted struct {
	phase *phase
	style mpb.BarFillerBuilder
}

// Build returns what draws the bar.
func (c counted) Build() mpb.BarFiller {
	fill := c.style.Build()
	return mpb.BarFillerFunc(func(w io.Writer, stat decor.Statistics) error {
		stat.Current = c.phase.done.Load()
		return fill.Fill(w, stat)
	})
}

// console is where a bar is drawn: a terminal, or what a test takes for one.
type console struct {
	*cupwriter.Writer
	width int // where the terminal cannot be asked
}

func newConsole(out io.Writer, width int) *console {
	if width <= 0 {
		width = 80
	}
	return &console{cupwriter.New(out, true), width}
}

// IsTerminal makes the bar ask for the size, which it would take for 80 columns otherwise.
func (c *console) IsTerminal() bool { return true }

// GetTermSize returns the size of the terminal as it is now, for windows are resized. Some do not know theirs, such as the
// terminals that programs make for others: then it is the usual one.
func (c *console) GetTermSize() (width, height int, err error) {
	if c.Writer.IsTerminal() {
		if width, height, err = c.Writer.GetTermSize(); err != nil {
			width, height = 0, 0
		}
	}
	return cmp.Or(width, c.width), cmp.Or(height, 24), nil
}

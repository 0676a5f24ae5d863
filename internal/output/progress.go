package output

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progressInterval is how often progress is told where there is no bar.
const progressInterval = 5 * time.Second

// barWidth is how wide the bar itself is at most, in terminal columns. Wider ones say no more.
const barWidth = 32

// ProgressOptions say how progress is shown. The zero value of each field but Out is a sensible default.
type ProgressOptions struct {
	Out   io.Writer        // standard error
	TTY   bool             // Out is a terminal that takes a bar, see [UseBar]; else there is a line every five seconds
	Width int              // columns, where Out is not a terminal that can be asked; 0: 80
	Quiet bool             // show no progress; what Print is given is printed all the same
	Color bool             // colour the bar
	Now   func() time.Time // nil: time.Now
}

// UseBar tells whether to draw a bar on what is a terminal (tty). A terminal that says it is dumb cannot move its cursor.
func UseBar(env func(string) (string, bool), tty bool) bool {
	term, _ := env("TERM")
	return tty && term != "dumb"
}

// Progress shows how far a long run is: how many are done, how many of those failed, how fast it goes and how long it is
// going to take. Nothing of it is left on a terminal. It is safe for concurrent use.
type Progress struct {
	o  ProgressOptions
	mu sync.Mutex // for what follows; the bar is drawn without it

	phase *phase
	bar   *bar // nil where none is drawn
	told  time.Time
}

// phase counts what is done. It is read while the bar is drawn.
type phase struct {
	name         string
	total        int
	began        time.Time
	done, failed atomic.Int64
}

// NewProgress returns a Progress that shows nothing before its first phase.
func NewProgress(o ProgressOptions) *Progress {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Progress{o: o}
}

// Phase ends the phase before, and begins one that is done when so many are done.
func (p *Progress) Phase(name string, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	p.phase = &phase{name: name, total: total, began: p.o.Now()}
	p.told = p.phase.began
	if p.o.TTY && !p.o.Quiet && total > 0 {
		p.bar = p.draw(p.phase)
	}
}

// Done tells that one more is done.
func (p *Progress) Done(failed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.phase == nil {
		return
	}
	done := int(p.phase.done.Add(1))
	if failed {
		p.phase.failed.Add(1)
	}
	now := p.o.Now()
	if p.o.TTY || p.o.Quiet || done >= p.phase.total || now.Sub(p.told) < progressInterval {
		return
	}
	p.told = now
	fmt.Fprintf(p.o.Out, "%s: %s%s%s\n", p.phase.name, p.phase.counts(), p.phase.failures(), p.phase.pace(now))
}

// Print prints a line, above the bar where there is one. The line must be safe for a terminal already.
func (p *Progress) Print(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		fmt.Fprintln(p.bar.all, line)
		return
	}
	fmt.Fprintln(p.o.Out, line)
}

// Close ends the last phase. What was printed stays, and the bar goes.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
}

func (p *Progress) end() {
	if p.bar != nil {
		p.bar.remove()
	}
	p.phase, p.bar = nil, nil
}

// counts is how many are done.
func (s *phase) counts() string { return fmt.Sprintf("%d of %d", s.done.Load(), s.total) }

// failures is how many of them failed, "" for none.
func (s *phase) failures() string {
	if n := s.failed.Load(); n > 0 {
		return fmt.Sprintf(", %d failed", n)
	}
	return ""
}

// pace is how many are done in a second, and how long the others are going to take. In the first second nobody can say.
func (s *phase) pace(now time.Time) string {
	took, done := now.Sub(s.began), s.done.Load()
	if took < time.Second || done == 0 {
		return ""
	}
	perSecond := float64(done) / took.Seconds()
	left := time.Duration(float64(int64(s.total)-done) / perSecond * float64(time.Second))
	rate := fmt.Sprintf("%.0f/s", perSecond)
	if perSecond < 10 {
		rate = fmt.Sprintf("%.1f/s", perSecond)
	}
	return fmt.Sprintf(", %s, %s left", rate, max(left, 0).Round(time.Second))
}

// draw begins to draw a bar, several times in a second.
func (p *Progress) draw(s *phase) *bar {
	style := mpb.BarStyle()
	paint := func(style Style) func(string) string {
		if !p.o.Color {
			return func(text string) string { return text }
		}
		return style.Paint
	}
	style = style.FillerMeta(paint(Green)).TipMeta(paint(Green))
	say := func(text func() string) decor.Decorator {
		return decor.Any(func(decor.Statistics) string { return text() })
	}
	b := &bar{all: mpb.New(mpb.WithConsoleWriter(newConsole(p.o.Out, p.o.Width)), mpb.WithAutoRefresh())}
	b.one = b.all.New(int64(s.total), counted{s, style},
		mpb.BarWidth(barWidth),
		mpb.PrependDecorators(decor.Name(s.name)),
		mpb.AppendDecorators(
			say(s.counts),
			decor.Meta(say(s.failures), paint(Red)),
			say(func() string { return s.pace(p.o.Now()) }),
		))
	return b
}

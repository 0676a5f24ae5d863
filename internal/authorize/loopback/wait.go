package loopback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segctl/segctl/internal/authorize"
)

// askTimeout bounds the last question to the server, which comes when the time is up already.
const askTimeout = 10 * time.Second

// await returns the one callback: from the browser, or pasted, or the refusal that the server gives when it is asked.
func (f *Flow) await(ctx context.Context, l *listener) (*callback, error) {
	wait, cancel := context.WithTimeout(ctx, cmp.Or(f.Timeout, defaultTimeout))
	defer cancel()
	lines := readLines(wait, f.Paste)
	questions := newAsker(f.App, l.want.request)
	told := map[string]bool{} // a page that floods the port must not flood the terminal
	note := func(text string) {
		if !told[text] {
			told[text] = true
			f.note(text)
		}
	}
	for {
		select {
		case cb := <-l.callbacks:
			return cb, nil
		case text := <-l.notes:
			note(text)
		case <-l.unproven:
			questions.ask(wait)
		case err := <-questions.answers:
			if refused := questions.take(err, note); refused != nil && l.claim() {
				return &callback{refused: refused}, nil
			}
		case line := <-lines:
			cb, err := l.want.pasted(line)
			switch {
			case err != nil:
				f.note("the pasted line was ignored: " + err.Error())
				if errors.Is(err, authorize.StrayUnproven) {
					questions.ask(wait)
				}
			case cb != nil && l.claim():
				return cb, nil
			}
		case <-wait.Done():
			if !l.claim() {
				return <-l.callbacks, nil // it came at the last moment
			}
			return nil, f.missing(ctx, l.want.request)
		}
	}
}

// missing says why the callback did not come. Some refusals are shown by the server in the browser alone: a wrong client
// or redirect URL never comes back.
func (f *Flow) missing(ctx context.Context, request authorize.Request) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait for the answer: %w", err)
	}
	last, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	err := f.App.Ask(last, request)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("wait for the answer: %w", ctx.Err())
	case err != nil:
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	return ErrTimeout
}

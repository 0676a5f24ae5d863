package demo

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// UntilSignal returns a context that ends at the first Ctrl-C, SIGTERM or SIGHUP, for there are things to remove: the next one
// closes hurry, and kills nothing. The caller calls stop.
func UntilSignal(parent context.Context) (ctx context.Context, hurry <-chan struct{}, stop func()) {
	signals := make(chan os.Signal, 8) // package signal drops what does not fit
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	ctx, cancel := context.WithCancel(parent)
	again, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		for _, then := range []func(){cancel, func() { close(again) }} {
			select {
			case <-signals:
				then()
			case <-stopped:
				return
			}
		}
	}()
	return ctx, again, func() {
		signal.Stop(signals)
		close(stopped)
		cancel()
	}
}

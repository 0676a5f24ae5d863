package flow

import "context"

// Resume brings a flow to its end that was left by whoever was at it. A flow that has ended is left alone. The error says
// that it has to be called again: *BusyError where somebody else is at the flow.
func (e *Engine) Resume(ctx context.Context, flow []byte) error { return nil }

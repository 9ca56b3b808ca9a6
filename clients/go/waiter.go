package vending

import (
	"context"
	"errors"
	"time"
)

// waiter is one caller that waits for a token. Flights and pauses are shared; deadlines and what has been tried are not.
type waiter struct {
	core *core
	slot *slot
	want wanted
	// hasRetried holds what this caller has already asked again for.
	hasRetried [soon + 1]bool
	// last is the latest failure.
	last *Error
}

// wait waits for a flight that it has joined, and for those that follow it. It has left them all when it returns.
func (w *waiter) wait(ctx context.Context, f *flight) (*held, *Error) {
	// Each kind of retry is taken once, so this ends.
	for {
		select {
		case <-f.settled:
		case <-ctx.Done():
			w.core.leave(w.slot, w.want, f)
			return nil, gaveUp(ctx, w.want, w.last)
		}
		if f.err == nil || !w.canRetry(ctx, f.retry) {
			w.core.leave(w.slot, w.want, f)
			return f.token, f.err
		}
		w.last = f.err
		w.hasRetried[f.retry.kind] = true
		if !sleep(ctx, time.Until(f.retry.at)) {
			w.core.leave(w.slot, w.want, f)
			return nil, gaveUp(ctx, w.want, w.last)
		}
		next, token := w.again(f)
		if token != nil {
			return token, nil
		}
		f = next
	}
}

// canRetry says whether a retry is still open to this caller, and comes before its deadline.
func (w *waiter) canRetry(ctx context.Context, retry retry) bool {
	if retry.kind == noRetry || w.hasRetried[retry.kind] {
		return false
	}
	deadline, _ := ctx.Deadline()
	return retry.at.Before(deadline)
}

// again moves on to the flight after a failed one. The first to come starts it. Memory comes first: somebody else may have
// brought a token meanwhile.
func (w *waiter) again(failed *flight) (*flight, *held) {
	w.core.leave(w.slot, w.want, failed)
	w.core.mu.Lock()
	defer w.core.mu.Unlock()
	if token := w.slot.find(w.want, w.core.clock()); token != nil {
		return nil, token
	}
	if failed.next == nil {
		failed.next = w.core.start(w.slot, w.want)
	}
	failed.next.waiting++
	return failed.next, nil
}

// gaveUp is the error of a caller whose context has ended, with what the service said last, if anything.
func gaveUp(ctx context.Context, want wanted, last *Error) *Error {
	err := Error{Provider: want.provider, Description: "gave up waiting for a token"}
	if last != nil {
		err = *last
	} else if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err.Code = "timeout"
	}
	err.cause = ctx.Err()
	return &err
}

// sleep waits, and says whether it was allowed to.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

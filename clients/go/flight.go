package vending

import (
	"context"
	"time"
)

// attemptBudget is how long one request to the service may take. It is nobody's deadline but the request's own, and longer
// than a caller waits by default.
const attemptBudget = 35 * time.Second

// flight is one request to the service, for all who want the same. It belongs to none of them: each leaves when it must.
type flight struct {
	settled chan struct{}
	// What follows is written before settled is closed.
	token *held
	err   *Error
	retry retry
	// The core's mutex guards the rest. waiting counts who waits for the answer, or for the retry after a failure. next is
	// that retry, once the first of them has started it.
	waiting int
	next    *flight
}

// isActive says whether the flight is under way, or has failed and somebody waits for the retry.
func (f *flight) isActive() bool {
	if f == nil {
		return false
	}
	return f.waiting > 0 || !f.isSettled()
}

func (f *flight) isSettled() bool {
	select {
	case <-f.settled:
		return true
	default:
		return false
	}
}

// join joins the active flight, or a new one. The caller must hold the mutex, and leave what it has joined.
func (c *core) join(s *slot, want wanted) *flight {
	f := s.flights[want]
	if !f.isActive() {
		f = c.start(s, want)
	}
	f.waiting++
	return f
}

// leave forgets a failed flight with the last who waits for its retry.
func (c *core) leave(s *slot, want wanted, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.waiting--
	if f.waiting == 0 && f.isSettled() && s.flights[want] == f {
		delete(s.flights, want)
	}
}

// start sends a request. The caller must hold the mutex.
func (c *core) start(s *slot, want wanted) *flight {
	f := &flight{settled: make(chan struct{})}
	s.flights[want] = f
	c.launch(func() { c.fly(s, want, f) })
	return f
}

func (c *core) fly(s *slot, want wanted, f *flight) {
	ctx, cancel := context.WithTimeout(context.Background(), attemptBudget)
	defer cancel()
	// Only a transport or a credentials provider that ends its goroutine leaves this as it is.
	f.err = &Error{Provider: want.provider, Description: "the request was abandoned"}
	defer func() { c.settle(s, want, f) }()
	from := c.clock()
	answer, failure := c.service.Vend(ctx, want.ask())
	if failure != nil {
		f.err, f.retry = newError(want.provider, failure), retryOf(failure)
		return
	}
	f.token, f.err = newHeld(answer, from), nil
}

func (c *core) settle(s *slot, want wanted, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	if f.err == nil {
		f.token = s.adopt(want, f.token, now)
	} else {
		s.fail(want, f.err, now)
	}
	if f.err == nil || f.retry.kind == noRetry || f.waiting == 0 {
		if s.flights[want] == f {
			delete(s.flights, want)
		}
	}
	close(f.settled)
}

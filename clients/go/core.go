package vending

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"token-vending.example/vending/internal/service"
	"token-vending.example/vending/internal/settings"
)

const (
	// defaultDeadline is for callers whose context has none.
	defaultDeadline = 30 * time.Second
	// maxSlots bounds what is remembered, for programs that make up scopes.
	maxSlots = 1000
)

// core is what a client shares with its token sources and transports.
type core struct {
	service *service.Service
	signing *service.SigningTransport
	// refusals are of the tokens that libraries fetch themselves.
	refusals *service.Refusals
	http     *http.Client
	clock    settings.Clock
	launch   func(func())

	mu    sync.Mutex
	slots map[key]*slot
}

func newCore(signing *service.SigningTransport, set settings.Settings) *core {
	return &core{
		service:  service.New(signing),
		signing:  signing,
		refusals: service.NewRefusals(),
		http:     set.HTTP,
		clock:    set.Clock,
		launch:   set.Go,
		slots:    map[key]*slot{},
	}
}

// obtain gets a token from memory or from the service, within ctx's deadline. There is neither token nor error where a
// report brings no other token, now or shortly before.
func (c *core) obtain(ctx context.Context, want wanted) (*held, error) {
	if ctx.Err() != nil {
		return nil, gaveUp(ctx, want, nil)
	}
	s, f, token := c.lookUp(want)
	if f == nil {
		return token, nil
	}
	if _, hasDeadline := ctx.Deadline(); !hasDeadline {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, defaultDeadline)
		defer cancel()
	}
	w := &waiter{core: c, slot: s, want: want}
	token, err := w.wait(ctx, f)
	if err != nil {
		return c.fallBack(ctx, s, want, err)
	}
	return token, nil
}

// lookUp finds a token in memory, or the flight to wait for.
func (c *core) lookUp(want wanted) (*slot, *flight, *held) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	s := c.slot(want.key, now)
	token := s.find(want, now)
	if token == nil {
		if replacement, isKnown := s.reported(want.rejected, now); isKnown && !s.flights[want].isActive() {
			return s, nil, replacement
		}
		return s, c.join(s, want), nil
	}
	if s.refreshIsDue(want.key, now) {
		c.start(s, wanted{key: want.key})
	}
	return s, nil, token
}

// fallBack answers who wanted a longer life with the token in memory, where no other is to be had.
func (c *core) fallBack(ctx context.Context, s *slot, want wanted, err *Error) (*held, error) {
	if want.minTTL > 0 && !errors.Is(ctx.Err(), context.Canceled) {
		c.mu.Lock()
		defer c.mu.Unlock()
		now := c.clock()
		if token := s.find(wanted{key: want.key}, now); token != nil {
			s.noWishBefore = now.Age + minTTLPause
			return token, nil
		}
	}
	return nil, err
}

// slot finds or makes a slot. The caller must hold the mutex.
func (c *core) slot(key key, now settings.Reading) *slot {
	s, isKnown := c.slots[key]
	if !isKnown {
		if len(c.slots) >= maxSlots {
			c.evict(now)
		}
		s = newSlot()
		c.slots[key] = s
	}
	return s
}

// evict makes room: whatever holds no valid token, or else the token that ends first.
func (c *core) evict(now settings.Reading) {
	var first key
	shortest := time.Duration(-1)
	for key, s := range c.slots {
		left := s.held.remaining(now)
		if len(s.flights) > 0 {
			continue
		}
		if left <= 0 {
			delete(c.slots, key)
		} else if shortest < 0 || left < shortest {
			first, shortest = key, left
		}
	}
	if len(c.slots) >= maxSlots {
		delete(c.slots, first)
	}
}

// ask is what the service is asked for.
func (w wanted) ask() service.Ask {
	seconds := int((w.minTTL + time.Second - 1) / time.Second)
	return service.Ask{Provider: w.provider, Scope: w.scope, MinTTLSeconds: seconds, Rejected: w.rejected}
}

package vending_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"token-vending.example/vending"
	"token-vending.example/vending/internal/settings"
	"token-vending.example/vending/internal/vendingtest"
)

func TestRefresh(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"starts at 10 % before the end, at least 60 s for 5 minutes or more": startsInTime,
		"serves a 20 s token for 20 s":                                       servesToTheEnd,
		"is one request, for which nobody waits":                             keepsNobodyWaiting,
		"that fails is silent, and is tried again after 1 to 30 s":           backsOff,
		"that the service wants later comes later":                           heedsRetryAfter,
		"that the service wants much later comes after 30 s":                 heedsRetryAfterWithinBounds,
		"that brings the same token again backs off too":                     backsOffFromSameToken,
		"that brings a token that ends earlier keeps the longer-lived one":   keepsLongerLived,
		"under way when the token expires is joined by those who need one":   isJoined,
		"is not held up by a wall clock that was set back":                   ignoresClockSetBack,
		"knows of the time that the machine slept":                           knowsOfSleep,
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
}

func startsInTime(t *testing.T) {
	for lifetime, due := range map[int]time.Duration{
		3600: 3240 * time.Second,
		600:  540 * time.Second,
		300:  240 * time.Second,
		299:  299 * 9 * time.Second / 10,
		20:   18 * time.Second,
	} {
		n := vendingtest.NewNetwork(t)
		service := vendingtest.NewService(n, vendingTokens(lifetime))
		client := newClient(t, n, service.Endpoint)
		expectToken(t, client, "token-1")
		pass(due - time.Millisecond)
		expectToken(t, client, "token-1")
		pass(0)
		service.Expect(t, 1)
		pass(time.Millisecond)
		expectToken(t, client, "token-1")
		pass(0)
		service.Expect(t, 2)
		expectToken(t, client, "token-2")
	}
}

func servesToTheEnd(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		if call.N == 2 {
			vendingtest.Fail(w, http.StatusInternalServerError, "server_error", -1)
			return
		}
		vendingtest.Vend(w, tokenOf(call), 20)
	})
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	pass(20*time.Second - time.Nanosecond)
	expectToken(t, client, "token-1")
	pass(time.Nanosecond)
	service.Expect(t, 2)
	expectToken(t, client, "token-3")
}

func keepsNobodyWaiting(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		if call.N > 1 {
			time.Sleep(29 * time.Second)
		}
		vendingtest.Vend(w, tokenOf(call), 600)
	})
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	pass(540 * time.Second)
	start := time.Now()
	expectNone(t, concurrently(100, func(int) error {
		_, err := client.Token(t.Context(), "prove")
		return err
	}))
	if time.Since(start) != 0 {
		t.Errorf("callers waited %v", time.Since(start))
	}
	pass(29 * time.Second)
	expectToken(t, client, "token-2")
	service.Expect(t, 2)
}

func backsOff(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	var isDown atomic.Bool
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		if isDown.Load() {
			vendingtest.Fail(w, http.StatusBadGateway, "provider_error", -1)
			return
		}
		vendingtest.Vend(w, tokenOf(call), 3600)
	})
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	pass(3240 * time.Second)
	isDown.Store(true)
	for range 130 {
		expectToken(t, client, "token-1")
		pass(time.Second)
	}
	var gaps []int
	calls := service.Calls()
	for i := 2; i < len(calls); i++ {
		gaps = append(gaps, int(calls[i].At.Sub(calls[i-1].At).Seconds()))
	}
	if !reflect.DeepEqual(gaps, []int{1, 2, 4, 8, 16, 30, 30, 30}) {
		t.Errorf("got %v s between the tries", gaps)
	}
	isDown.Store(false)
	pass(30 * time.Second)
	expectToken(t, client, "token-1")
	pass(0)
	expectToken(t, client, "token-11")
	pass(3240 * time.Second)
	isDown.Store(true)
	expectToken(t, client, "token-11")
	pass(time.Second)
	expectToken(t, client, "token-11")
	pass(0)
	service.Expect(t, 13)
}

func heedsRetryAfter(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		if call.N == 2 {
			vendingtest.Fail(w, http.StatusServiceUnavailable, "temporarily_unavailable", 7)
			return
		}
		vendingtest.Vend(w, tokenOf(call), 3600)
	})
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	pass(3240 * time.Second)
	expectToken(t, client, "token-1")
	pass(7*time.Second - time.Millisecond)
	expectToken(t, client, "token-1")
	pass(0)
	service.Expect(t, 2)
	pass(time.Millisecond)
	expectToken(t, client, "token-1")
	pass(0)
	expectToken(t, client, "token-3")
}

func heedsRetryAfterWithinBounds(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		if call.N == 2 {
			vendingtest.Fail(w, http.StatusServiceUnavailable, "temporarily_unavailable", 6000)
			return
		}
		vendingtest.Vend(w, tokenOf(call), 3600)
	})
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	pass(3240 * time.Second)
	expectToken(t, client, "token-1")
	pass(30 * time.Second)
	expectToken(t, client, "token-1")
	pass(0)
	expectToken(t, client, "token-3")
}

func backsOffFromSameToken(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	start := time.Now()
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		vendingtest.Vend(w, "token-1", int((3600*time.Second - time.Since(start)).Seconds()))
	})
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	pass(3240 * time.Second)
	for range 10 {
		expectToken(t, client, "token-1")
		pass(100 * time.Millisecond)
	}
	service.Expect(t, 2)
}

func keepsLongerLived(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		vendingtest.Vend(w, tokenOf(call), map[bool]int{true: 3600, false: 100}[call.N == 1])
	})
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	pass(3240 * time.Second)
	expectToken(t, client, "token-1")
	pass(0)
	service.Expect(t, 2)
	expectToken(t, client, "token-1")
}

func isJoined(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		if call.N > 1 {
			time.Sleep(5 * time.Second)
		}
		vendingtest.Vend(w, tokenOf(call), 20)
	})
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	pass(19 * time.Second)
	expectToken(t, client, "token-1")
	pass(time.Second)
	expectToken(t, client, "token-2")
	service.Expect(t, 2)
}

// clocks gives a client two clocks that a test sets.
type clocks struct{ wall, age atomic.Int64 }

func (c *clocks) option(s *settings.Settings) {
	start := time.Now()
	s.Clock = func() settings.Reading {
		return settings.Reading{Wall: start.Add(time.Duration(c.wall.Load())), Age: time.Duration(c.age.Load())}
	}
}

func ignoresClockSetBack(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	var c clocks
	client := newClient(t, n, service.Endpoint, c.option)
	expectToken(t, client, "token-1")
	c.wall.Store(int64(-time.Minute))
	c.age.Store(int64(time.Hour - 1))
	expectToken(t, client, "token-1")
	c.age.Store(int64(time.Hour))
	pass(0)
	expectToken(t, client, "token-2")
}

func knowsOfSleep(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	service.Skew = time.Hour
	var c clocks
	client := newClient(t, n, service.Endpoint, c.option)
	expectToken(t, client, "token-1")
	c.wall.Store(int64(time.Hour))
	expectToken(t, client, "token-2")
}

func TestMinTTL(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"asks only where the token in memory has less left":              asksForLife,
		"is met by the service's word where no longer life is to be had": takesShorterLife,
		"that was not met is not asked for again within 30 s":            restsAfterWish,
		"is answered from memory where the service fails":                fallsBackToMemory,
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
}

func asksForLife(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	pass(time.Hour / 2)
	expectToken(t, client, "token-1", vending.WithMinTTL(30*time.Minute))
	service.Expect(t, 1)
	expectToken(t, client, "token-2", vending.WithMinTTL(30*time.Minute+time.Millisecond))
	if got := service.Calls()[1].Form.Get("min_ttl"); got != "1801" {
		t.Errorf("got min_ttl %q", got)
	}
	expectToken(t, client, "token-2")
	expectToken(t, client, "token-2", vending.WithMinTTL(-time.Second))
}

func takesShorterLife(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) { vendingtest.Vend(w, "token-1", 60) })
	client := newClient(t, n, service.Endpoint)
	token := expectToken(t, client, "token-1", vending.WithMinTTL(time.Hour))
	if left := time.Until(token.Expiry); left != time.Minute {
		t.Errorf("got %v left", left)
	}
	expectToken(t, client, "token-1")
	service.Expect(t, 1)
}

func restsAfterWish(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	start := time.Now()
	service := vendingtest.NewService(n, func(w http.ResponseWriter, _ vendingtest.Call) {
		vendingtest.Vend(w, "token-1", 600-int(time.Since(start).Seconds()))
	})
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	for range 30 {
		expectToken(t, client, "token-1", vending.WithMinTTL(time.Hour))
		pass(time.Second)
	}
	service.Expect(t, 2)
	expectToken(t, client, "token-1", vending.WithMinTTL(time.Hour))
	service.Expect(t, 3)
}

func fallsBackToMemory(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		switch {
		case call.N == 1:
			vendingtest.Vend(w, "token-1", 300)
		case call.N <= 3:
			vendingtest.Fail(w, http.StatusBadGateway, "provider_error", -1)
		default:
			time.Sleep(5 * time.Second)
		}
	})
	client := newClient(t, n, service.Endpoint)
	longer := vending.WithMinTTL(time.Hour)
	expectToken(t, client, "token-1")
	expectToken(t, client, "token-1", longer)
	service.Expect(t, 3)
	expectToken(t, client, "token-1", longer)
	service.Expect(t, 3)
	pass(30 * time.Second)
	late, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if token, err := client.Token(late, "prove", longer); err != nil || token.AccessToken != "token-1" {
		t.Errorf("who has waited in vain got %v", err)
	}
	service.Expect(t, 4)
	pass(30 * time.Second)
	gone, leave := context.WithCancel(t.Context())
	time.AfterFunc(time.Second, leave)
	if _, err := client.Token(gone, "prove", longer); !errors.Is(err, context.Canceled) {
		t.Errorf("who has gone got %v", err)
	}
}

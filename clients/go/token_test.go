package vending_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"token-vending.example/vending"
	"token-vending.example/vending/internal/vendingtest"
)

func TestToken(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"is vended to a signed request":                                           vendsToken,
		"is shared by concurrent callers in one request":                          sharesOneRequest,
		"is kept by provider and scopes, whatever their order":                    keepsByProviderAndScopes,
		"without expires_in is handed out and not kept":                           doesNotKeepUnknownLifetime,
		"is each caller's own to change":                                          copiesTokens,
		"reaches everybody else when one caller leaves":                           leavesAlone,
		"that arrives after all have left is there for the next":                  keepsAbandonedToken,
		"is waited for 30 s where the context has no deadline":                    hasDefaultDeadline,
		"is not asked for with a name that would change the path":                 refusesNames,
		"is kept for the next though others were evicted while it was on its way": keepsWhatIsOnItsWay,
		"is not mixed up between 1,000 scope sets and one more":                   boundsWhatItKeeps,
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
}

func vendsToken(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, _ vendingtest.Call) {
		_, _ = w.Write([]byte(`{"access_token":"token-1","token_type":"bearer","expires_in":3412,"scope":"a b","id_token":"x"}`))
	})
	token := expectToken(t, newClient(t, n, service.Endpoint+"/"), "token-1", vending.WithScopes("b", "a b"))
	if token.TokenType != "Bearer" || !token.Expiry.Equal(time.Now().Add(3412*time.Second)) {
		t.Errorf("got type %q, expiry %v", token.TokenType, token.Expiry)
	}
	if token.Extra("scope") != "a b" || token.Extra("id_token") != "x" || token.Extra("access_token") != nil {
		t.Errorf("got scope %v, id_token %v", token.Extra("scope"), token.Extra("id_token"))
	}
	call := service.Calls()[0]
	if call.Provider != "prove" || call.Form.Encode() != "grant_type=client_credentials&scope=a+b" {
		t.Errorf("got provider %q, form %q", call.Provider, call.Form.Encode())
	}
	caller, _ := vendingtest.Credentials.Retrieve(t.Context())
	if call.Header.Get("X-Amz-Security-Token") != caller.SessionToken {
		t.Error("the session token was not sent")
	}
}

func sharesOneRequest(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		time.Sleep(time.Second)
		vendingtest.Vend(w, tokenOf(call), 3600)
	})
	client := newClient(t, n, service.Endpoint)
	expectNone(t, concurrently(1000, func(i int) error {
		_, err := client.TokenSource("prove").Token()
		return err
	}))
	service.Expect(t, 1)
}

func keepsByProviderAndScopes(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	expectToken(t, client, "token-2", vending.WithScopes("a", "b"))
	expectToken(t, client, "token-2", vending.WithScopes("b", "a", "a"))
	expectToken(t, client, "token-2", vending.WithScopes("b a"))
	expectToken(t, client, "token-1", vending.WithScopes())
	other, err := client.Token(t.Context(), "prove-eu")
	if err != nil || other.AccessToken != "token-3" {
		t.Fatalf("got %v, %v", other, err)
	}
}

func doesNotKeepUnknownLifetime(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(-1))
	client := newClient(t, n, service.Endpoint)
	if token := expectToken(t, client, "token-1"); !token.Expiry.IsZero() {
		t.Errorf("got expiry %v", token.Expiry)
	}
	expectToken(t, client, "token-2")
}

// oauth2.ReuseTokenSource writes to the token that it is given. The race detector sees whether two share one.
func copiesTokens(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	client := newClient(t, n, service.Endpoint)
	expectNone(t, concurrently(8, func(int) error {
		_, err := oauth2.ReuseTokenSourceWithExpiry(nil, client.TokenSource("prove"), time.Minute).Token()
		return err
	}))
	expectToken(t, client, "token-1").AccessToken = "spoilt"
	expectToken(t, client, "token-1")
}

func leavesAlone(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		time.Sleep(10 * time.Second)
		vendingtest.Vend(w, tokenOf(call), 3600)
	})
	client := newClient(t, n, service.Endpoint)
	start := time.Now()
	errs := concurrently(3, func(i int) error {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if i == 0 {
			time.AfterFunc(time.Second, cancel)
		} else if i == 1 {
			ctx, cancel = context.WithTimeout(ctx, 2*time.Second)
			defer cancel()
		}
		_, err := client.Token(ctx, "prove")
		if i < 2 && time.Since(start) != time.Duration(i+1)*time.Second {
			t.Errorf("call %d left after %v", i, time.Since(start))
		}
		return err
	})
	if !errors.Is(errs[0], context.Canceled) || !errors.Is(errs[1], context.DeadlineExceeded) || errs[2] != nil {
		t.Errorf("got %v", errs)
	}
	service.Expect(t, 1)
}

func keepsAbandonedToken(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		time.Sleep(10 * time.Second)
		vendingtest.Vend(w, tokenOf(call), 3600)
	})
	client := newClient(t, n, service.Endpoint)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := client.Token(ctx, "prove"); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	expectToken(t, client, "token-1")
	service.Expect(t, 1)
}

func hasDefaultDeadline(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(http.ResponseWriter, vendingtest.Call) { time.Sleep(36 * time.Second) })
	client := newClient(t, n, service.Endpoint)
	start := time.Now()
	_, err := client.Token(t.Context(), "prove")
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 30*time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
	if typed := expectError(t, err); typed.Status != 0 || typed.Code != "timeout" || typed.Provider != "prove" {
		t.Errorf("got %+v", typed)
	}
}

func refusesNames(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	client := newClient(t, n, service.Endpoint)
	for _, name := range []string{"", ".", "..", "a/b", "../../v2/x", "a?scope=b", "a b", "a%2fb", "ä"} {
		if _, err := client.Token(t.Context(), name); err == nil {
			t.Errorf("%q: got no error", name)
		} else {
			expectError(t, err)
		}
	}
	service.Expect(t, 0)
}

func boundsWhatItKeeps(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		vendingtest.Vend(w, "for-"+call.Form.Get("scope"), 3600)
	})
	client := newClient(t, n, service.Endpoint)
	for i := range 1001 {
		scope := strconv.Itoa(i)
		expectToken(t, client, "for-"+scope, vending.WithScopes(scope))
		time.Sleep(time.Second)
	}
	expectToken(t, client, "for-1000", vending.WithScopes("1000"))
	service.Expect(t, 1001)
	expectToken(t, client, "for-0", vending.WithScopes("0"))
	service.Expect(t, 1002)
}

func keepsWhatIsOnItsWay(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		if call.Form.Get("scope") == "slow" {
			time.Sleep(10 * time.Second)
		}
		vendingtest.Vend(w, "for-"+call.Form.Get("scope"), 3600)
	})
	client := newClient(t, n, service.Endpoint)
	done := make(chan struct{})
	go func() {
		defer close(done)
		expectToken(t, client, "for-slow", vending.WithScopes("slow"))
	}()
	synctest.Wait()
	for i := range 1000 {
		expectToken(t, client, "for-"+strconv.Itoa(i), vending.WithScopes(strconv.Itoa(i)))
	}
	<-done
	expectToken(t, client, "for-slow", vending.WithScopes("slow"))
	service.Expect(t, 1001)
}

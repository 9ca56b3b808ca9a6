package vending_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"token-vending.example/vending"
	"token-vending.example/vending/internal/vendingtest"
)

func newClient(t *testing.T, n *vendingtest.Network, endpoint string, opts ...vending.Option) *vending.Client {
	t.Helper()
	opts = append([]vending.Option{
		vending.WithRegion(vendingtest.Region),
		vending.WithCredentials(vendingtest.Credentials),
		vending.WithHTTPClient(&http.Client{Transport: n.Transport}),
	}, opts...)
	client, err := vending.New(context.Background(), endpoint, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// vendingTokens answers the n-th call with the token `token-n`.
func vendingTokens(expiresIn int) func(http.ResponseWriter, vendingtest.Call) {
	return func(w http.ResponseWriter, call vendingtest.Call) {
		vendingtest.Vend(w, tokenOf(call), expiresIn)
	}
}

func tokenOf(call vendingtest.Call) string { return fmt.Sprintf("token-%d", call.N) }

func expectToken(t *testing.T, client *vending.Client, want string, opts ...vending.TokenOption) *oauth2.Token {
	t.Helper()
	token, err := client.Token(context.Background(), "prove", opts...)
	if err != nil {
		t.Fatal(err)
	}
	if token.AccessToken != want {
		t.Fatalf("token: got %q, want %q", token.AccessToken, want)
	}
	return token
}

func expectError(t *testing.T, err error) *vending.Error {
	t.Helper()
	var typed *vending.Error
	if !errors.As(err, &typed) {
		t.Fatalf("error: got %v, want a *vending.Error", err)
	}
	return typed
}

// concurrently runs n calls at once, and returns their errors.
func concurrently(n int, call func(i int) error) []error {
	errs := make([]error, n)
	var calls sync.WaitGroup
	for i := range n {
		calls.Go(func() { errs[i] = call(i) })
	}
	calls.Wait()
	return errs
}

func expectNone(t *testing.T, errs []error) {
	t.Helper()
	for i, err := range errs {
		if err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
}

// pass lets time pass, and what that starts come to rest. Time is that of testing/synctest.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

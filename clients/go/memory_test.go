package vending

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"token-vending.example/vending/internal/service"
	"token-vending.example/vending/internal/vendingtest"
)

// What a client remembers is bounded by what it is asked for, not by how often or with which outcome.
func TestNothingPilesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := vendingtest.NewNetwork(t)
		vendor := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
			time.Sleep(700 * time.Millisecond)
			if call.N%3 == 0 {
				vendingtest.Fail(w, http.StatusServiceUnavailable, "temporarily_unavailable", 1)
				return
			}
			vendingtest.Vend(w, fmt.Sprintf("token-%d", call.N), 20)
		})
		client, err := New(t.Context(), vendor.Endpoint, WithRegion(vendingtest.Region),
			WithCredentials(vendingtest.Credentials), WithHTTPClient(&http.Client{Transport: n.Transport}))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 300 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%4)*500*time.Millisecond+time.Millisecond)
			switch i % 3 {
			case 0:
				_, _ = client.Token(ctx, "prove")
			case 1:
				_, _ = client.Token(ctx, "prove", WithMinTTL(time.Duration(i)*time.Second))
			default:
				if token, err := client.Token(t.Context(), "prove"); err == nil {
					client.core().replace(ctx, key{provider: "prove"}, service.Fingerprint(token.AccessToken))
				}
			}
			cancel()
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		slots := client.core().slots
		if len(slots) != 1 {
			t.Fatalf("got %d slots", len(slots))
		}
		for _, s := range slots {
			if len(s.flights) != 0 || len(s.reports) > 40 {
				t.Errorf("got %d flights, %d reports", len(s.flights), len(s.reports))
			}
		}
	})
}

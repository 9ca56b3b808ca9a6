package vending_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"token-vending.example/vending"
	"token-vending.example/vending/internal/vendingtest"
)

// world is a vending service whose tokens an API revokes.
type world struct {
	mu      sync.Mutex
	random  *rand.Rand
	expires map[string]time.Time
	revoked map[string]bool
	current string
	// troubles is how many of 100 requests to the service fail.
	troubles int
	lifetime time.Duration
}

func newWorld(seed uint64, troubles int, lifetime time.Duration) *world {
	return &world{
		random: rand.New(rand.NewPCG(seed, 1)), expires: map[string]time.Time{}, revoked: map[string]bool{},
		troubles: troubles, lifetime: lifetime,
	}
}

func (w *world) vend(response http.ResponseWriter, call vendingtest.Call) {
	time.Sleep(w.pause(2 * time.Second))
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.random.IntN(100) < w.troubles {
		switch w.random.IntN(3) {
		case 0:
			vendingtest.Fail(response, http.StatusServiceUnavailable, "temporarily_unavailable", w.random.IntN(5))
		case 1:
			vendingtest.Fail(response, http.StatusBadGateway, "provider_error", -1)
		default:
			panic(http.ErrAbortHandler)
		}
		return
	}
	if isReport(call) && w.current != "" {
		response.Header().Set("X-Token-Rejection", "replaced")
		w.current = ""
	}
	if time.Until(w.expires[w.current]) < w.lifetime/8 {
		w.current = fmt.Sprintf("token-%d", call.N)
		w.expires[w.current] = time.Now().Add(w.lifetime)
	}
	vendingtest.Vend(response, w.current, int(time.Until(w.expires[w.current]).Seconds()))
}

func (w *world) pause(most time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Duration(w.random.Int64N(int64(most)))
}

// ServeHTTP is the API.
func (w *world) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	token := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.revoked[token] || !time.Now().Before(w.expires[token]) {
		response.WriteHeader(http.StatusUnauthorized)
	}
}

func TestAnHourWithAnAPIThatRevokesTheTokenEveryFiveMinutesFailsNoCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := vendingtest.NewNetwork(t)
		w := newWorld(1, 0, time.Hour)
		service := vendingtest.NewService(n, w.vend)
		url := n.Serve(w)
		client := newClient(t, n, service.Endpoint).HTTPClient("prove")
		go func() {
			for range 11 {
				time.Sleep(5 * time.Minute)
				w.mu.Lock()
				w.revoked[w.current] = true
				w.mu.Unlock()
			}
		}()
		concurrently(10, func(int) error {
			for range 360 {
				expectStatus(t, client, url, http.StatusOK)
				time.Sleep(10 * time.Second)
			}
			return nil
		})
		if calls := len(service.Calls()); calls > 15 {
			t.Errorf("got %d requests to the vending service", calls)
		}
	})
}

func TestCallersGetAValidTokenOrAnErrorByTheirDeadlineWhateverHappens(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { playAWhile(t, newWorld(seed, 30, time.Minute)) })
		})
	}
}

func playAWhile(t *testing.T, w *world) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, w.vend)
	client := newClient(t, n, service.Endpoint)
	url := n.Serve(w)
	end := time.Now().Add(15 * time.Minute)
	concurrently(20, func(i int) error {
		for time.Now().Before(end) {
			patience := w.pause(10*time.Second) + 1
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			start := time.Now()
			var err error
			if i%2 == 0 {
				err = w.tryToken(ctx, client)
			} else {
				err = w.tryAPI(ctx, client, url)
			}
			cancel()
			if took := time.Since(start); took > patience {
				t.Errorf("a caller with %v waited %v", patience, took)
			}
			var typed *vending.Error
			if err != nil && !errors.As(err, &typed) && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			time.Sleep(w.pause(5 * time.Second))
		}
		return nil
	})
}

func (w *world) tryToken(ctx context.Context, client *vending.Client) error {
	var opts []vending.TokenOption
	if w.pause(4) == 0 {
		opts = append(opts, vending.WithMinTTL(30*time.Second))
	}
	token, err := client.Token(ctx, "prove", opts...)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !time.Now().Before(w.expires[token.AccessToken]) {
		return fmt.Errorf("%s has expired", token.AccessToken)
	}
	return nil
}

func (w *world) tryAPI(ctx context.Context, client *vending.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.HTTPClient("prove").Do(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	response.Body.Close()
	return err
}

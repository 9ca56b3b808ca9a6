package vending_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"token-vending.example/vending"
	"token-vending.example/vending/internal/vendingtest"
)

func TestRetry(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"waits for the retry-after of 503 and 429, once":                        honoursRetryAfter,
		"is not waited for where it comes after the deadline":                   leavesBeforeRetryAfter,
		"is one request for all who wait for it":                                sharesRetries,
		"is not needed where somebody else has brought a token meanwhile":       looksInMemoryFirst,
		"is each caller's own choice":                                           decidesPerCaller,
		"leaves nothing behind when nobody waits for it":                        forgetsFailures,
		"of other failures of the service comes once after 100 to 300 ms":       retriesSoon,
		"of a request lost by the network comes once after 100 to 300 ms":       retriesLostRequests,
		"of a broken answer comes once":                                         retriesBrokenAnswers,
		"never follows what will not change":                                    doesNotRetry,
		"tells a caller who leaves during a pause what the service said":        tellsWhyItWaited,
		"of a connection that the server has closed meanwhile is not noticed":   survivesClosedConnections,
		"does not begin for a caller whose context had ended before the call":   doesNotBegin,
		"after one failure of each kind is possible, so three requests at most": retriesEachKindOnce,
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
}

// failing answers the first calls with failures, the others with tokens.
func failing(failures ...func(http.ResponseWriter)) func(http.ResponseWriter, vendingtest.Call) {
	return func(w http.ResponseWriter, call vendingtest.Call) {
		if call.N <= len(failures) {
			failures[call.N-1](w)
			return
		}
		vendingtest.Vend(w, tokenOf(call), 3600)
	}
}

func failure(status int, code string, retryAfter int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { vendingtest.Fail(w, status, code, retryAfter) }
}

func honoursRetryAfter(t *testing.T) {
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusTooManyRequests} {
		n := vendingtest.NewNetwork(t)
		busy := failure(status, "temporarily_unavailable", 5)
		service := vendingtest.NewService(n, failing(busy, busy, busy))
		client := newClient(t, n, service.Endpoint)
		start := time.Now()
		_, err := client.Token(t.Context(), "prove")
		if got := expectError(t, err); got.Status != status || got.RetryAfter != 5*time.Second || time.Since(start) != 5*time.Second {
			t.Errorf("got %v after %v", got, time.Since(start))
		}
		service.Expect(t, 2)
		expectToken(t, client, "token-4")
		service.Expect(t, 4)
	}
}

func leavesBeforeRetryAfter(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, failing(failure(503, "temporarily_unavailable", 2), failure(503, "temporarily_unavailable", 31)))
	client := newClient(t, n, service.Endpoint)
	ctx, cancel := context.WithTimeout(t.Context(), 1900*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, short := client.Token(ctx, "prove")
	_, long := client.Token(t.Context(), "prove")
	if expectError(t, short).Code != "temporarily_unavailable" || expectError(t, long).RetryAfter != 31*time.Second {
		t.Errorf("got %v, %v", short, long)
	}
	if time.Since(start) != 0 {
		t.Errorf("waited %v in vain", time.Since(start))
	}
	service.Expect(t, 2)
}

func sharesRetries(t *testing.T) {
	for name, fail := range map[string]func(http.ResponseWriter){
		"as told": failure(503, "temporarily_unavailable", 5),
		"soon":    failure(500, "server_error", -1),
	} {
		n := vendingtest.NewNetwork(t)
		service := vendingtest.NewService(n, failing(fail, fail))
		client := newClient(t, n, service.Endpoint)
		errs := concurrently(1000, func(i int) error {
			time.Sleep(time.Duration(i%3) * 10 * time.Millisecond) // some come during the pause
			_, err := client.Token(t.Context(), "prove")
			return err
		})
		for _, err := range errs {
			expectError(t, err)
		}
		if calls := len(service.Calls()); calls != 2 {
			t.Errorf("%s: got %d requests", name, calls)
		}
	}
}

func decidesPerCaller(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, failing(failure(503, "temporarily_unavailable", 5)))
	client := newClient(t, n, service.Endpoint)
	start := time.Now()
	errs := concurrently(3, func(i int) error {
		ctx, cancel := context.WithTimeout(t.Context(), []time.Duration{time.Second, 10 * time.Second, time.Minute}[i])
		defer cancel()
		_, err := client.Token(ctx, "prove")
		if i == 0 && time.Since(start) != 0 {
			t.Errorf("who has no time left after %v", time.Since(start))
		}
		return err
	})
	expectError(t, errs[0])
	expectNone(t, errs[1:])
	service.Expect(t, 2)
}

func forgetsFailures(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, failing(failure(503, "temporarily_unavailable", 20)))
	client := newClient(t, n, service.Endpoint)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := client.Token(ctx, "prove"); err == nil {
		t.Fatal("got no error")
	}
	start := time.Now()
	expectToken(t, client, "token-2")
	if time.Since(start) != 0 {
		t.Errorf("waited %v", time.Since(start))
	}
}

func retriesSoon(t *testing.T) {
	for _, fail := range []func(http.ResponseWriter){
		failure(500, "server_error", -1), failure(502, "provider_error", -1), failure(504, "provider_timeout", -1),
		failure(503, "temporarily_unavailable", -1), failure(502, "provider_error", 9),
	} {
		n := vendingtest.NewNetwork(t)
		service := vendingtest.NewService(n, failing(fail, fail))
		client := newClient(t, n, service.Endpoint)
		start := time.Now()
		_, err := client.Token(t.Context(), "prove")
		expectError(t, err)
		if wait := time.Since(start); wait < 100*time.Millisecond || wait > 300*time.Millisecond {
			t.Errorf("waited %v", wait)
		}
		service.Expect(t, 2)
		expectToken(t, client, "token-3")
	}
}

// losing loses the first requests.
type losing struct {
	http.RoundTripper
	first, sent atomic.Int64
}

func (l *losing) RoundTrip(request *http.Request) (*http.Response, error) {
	if l.sent.Add(1) <= l.first.Load() {
		request.Body.Close()
		return nil, errors.New("connection reset by peer")
	}
	return l.RoundTripper.RoundTrip(request)
}

func retriesLostRequests(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	transport := &losing{RoundTripper: n.Transport}
	client := newClient(t, n, service.Endpoint, vending.WithHTTPClient(&http.Client{Transport: transport}))
	transport.first.Store(2)
	_, err := client.Token(t.Context(), "prove")
	if got := expectError(t, err); got.Status != 0 || got.Code != "network_error" || transport.sent.Load() != 2 {
		t.Errorf("got %+v after %d tries", got, transport.sent.Load())
	}
	transport.first.Store(3)
	expectToken(t, client, "token-1")
}

func retriesBrokenAnswers(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, failing(func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "1000")
		_, _ = fmt.Fprint(w, `{"access_token":"half`)
	}))
	expectToken(t, newClient(t, n, service.Endpoint), "token-2")
}

func doesNotRetry(t *testing.T) {
	for _, fail := range []func(http.ResponseWriter){
		failure(502, "provider_rejected_credentials", -1), failure(502, "provider_rejected_credentials", 5),
		failure(400, "invalid_scope", -1), failure(403, "unauthorized_client", -1), failure(404, "unknown_provider", -1),
		failure(404, "unknown_provider", 5), failure(405, "method_not_allowed", -1), failure(413, "invalid_request", -1),
		failure(429, "temporarily_unavailable", -1), failure(302, "", -1),
		func(w http.ResponseWriter) { _, _ = fmt.Fprint(w, "<html>") },
	} {
		n := vendingtest.NewNetwork(t)
		service := vendingtest.NewService(n, failing(fail))
		start := time.Now()
		_, err := newClient(t, n, service.Endpoint).Token(t.Context(), "prove")
		expectError(t, err)
		service.Expect(t, 1)
		if time.Since(start) != 0 {
			t.Errorf("waited %v", time.Since(start))
		}
	}
}

func tellsWhyItWaited(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, failing(failure(503, "temporarily_unavailable", 5)))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Second, cancel)
	_, err := newClient(t, n, service.Endpoint).Token(ctx, "prove")
	if got := expectError(t, err); !errors.Is(err, context.Canceled) || got.Code != "temporarily_unavailable" {
		t.Errorf("got %v", err)
	}
	pass(time.Minute)
	service.Expect(t, 1)
}

func survivesClosedConnections(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(-1))
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	expectToken(t, client, "token-2")
	if n.Dials() != 1 {
		t.Errorf("got %d connections: they are not kept", n.Dials())
	}
	n.CloseConnections()
	expectToken(t, client, "token-3")
}

func doesNotBegin(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newClient(t, n, service.Endpoint).Token(ctx, "prove")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	pass(time.Second)
	service.Expect(t, 0)
}

func retriesEachKindOnce(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	fail := failure(500, "server_error", -1)
	service := vendingtest.NewService(n, failing(fail, failure(503, "temporarily_unavailable", 3)))
	expectToken(t, newClient(t, n, service.Endpoint), "token-3")
	again := vendingtest.NewService(n, failing(fail, failure(503, "temporarily_unavailable", 3), fail))
	if _, err := newClient(t, n, again.Endpoint).Token(t.Context(), "prove"); expectError(t, err).Status != 500 {
		t.Errorf("got %v", err)
	}
	again.Expect(t, 3)
}

func looksInMemoryFirst(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, failing(failure(503, "temporarily_unavailable", 5)))
	client := newClient(t, n, service.Endpoint)
	done := make(chan struct{})
	go func() {
		defer close(done)
		expectToken(t, client, "token-2")
	}()
	synctest.Wait()
	expectToken(t, client, "token-2", vending.WithMinTTL(time.Minute))
	<-done
	service.Expect(t, 2)
}

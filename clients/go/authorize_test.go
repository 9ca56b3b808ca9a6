package vending_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"token-vending.example/vending"
	"token-vending.example/vending/internal/vendingtest"
)

func TestHTTPClient(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"puts the provider's token on requests":                                 authorizesRequests,
		"reports a refused token once, and sends each request once more":        reportsOnce,
		"uses the token that somebody else has got meanwhile, without a report": usesNewerToken,
		"sends the request once more where the service says unknown":            retriesOnUnknown,
		"hands on the 401 where the service keeps the token":                    handsOnKept,
		"reports again when the service may heed it again":                      reportsAgain,
		"hands on the 401 where the service says kept or answers the same":      handsOnContradictions,
		"reports a token again that comes back after its replacement":           reportsWhatComesBack,
		"joins a report whose retry somebody waits for":                         joinsReports,
		"forgets a held token whose replacement has no known lifetime":          forgetsRefusedToken,
		"passes over a replacement that was refused and replaced meanwhile":     passesOverRefused,
		"hands on the 401 where the report fails":                               handsOnFailedReports,
		"sends a request twice at most":                                         sendsTwiceAtMost,
		"sends no body twice that can be read once, but reports":                doesNotRepeatOneShotBodies,
		"sends a body again that can be read again":                             repeatsBodies,
		"shares the replacement of a token that is not kept":                    sharesUnkeptReplacement,
		"keeps the token from other hosts, and their 401s from the service":     keepsTokenFromOtherHosts,
		"keeps the token from a redirect back from another host":                keepsTokenFromRoundTrips,
		"follows redirects on the same host with the token":                     followsSameHost,
		"does not bring back a token that was reported while it was renewed":    doesNotBringBack,
		"fails with the vending error where there is no token":                  failsWithVendingError,
		"keeps timeout and redirects of the given client":                       keepsClientSettings,
		"ends with the request's own context":                                   endsWithContext,
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
}

// api is a provider's API. It refuses some tokens.
type api struct {
	mu      sync.Mutex
	refused map[string]bool
	// got is each request's token and body.
	got []string
	url string
}

func newAPI(n *vendingtest.Network, refused ...string) *api {
	a := &api{refused: map[string]bool{}}
	for _, token := range refused {
		a.refused[token] = true
	}
	a.url = n.Serve(a)
	return a
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	a.mu.Lock()
	defer a.mu.Unlock()
	a.got = append(a.got, strings.TrimSpace(token+" "+string(body)))
	if a.refused[token] {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, "refused")
	}
}

func (a *api) expect(t *testing.T, want ...string) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if got := strings.Join(a.got, ", "); got != strings.Join(want, ", ") {
		t.Errorf("the API got %q, want %q", got, want)
	}
}

func expectStatus(t *testing.T, client *http.Client, url string, want int) {
	t.Helper()
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != want {
		t.Fatalf("got status %d, want %d", response.StatusCode, want)
	}
	if response.Request.Header.Get("Authorization") != "" {
		t.Error("the answer shows the token")
	}
}

// reporting answers reports with a word and a new token. Where the word is kept, it is the token reported.
func reporting(word string, expiresIn int) func(http.ResponseWriter, vendingtest.Call) {
	return func(w http.ResponseWriter, call vendingtest.Call) {
		token := tokenOf(call)
		if isReport(call) {
			w.Header().Set("X-Token-Rejection", word)
			if word == "kept" {
				token = "token-1"
			}
		}
		vendingtest.Vend(w, token, expiresIn)
	}
}

func isReport(call vendingtest.Call) bool { return call.Form.Has("rejected_token_sha256") }

func authorizesRequests(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	api := newAPI(n)
	client := newClient(t, n, service.Endpoint).HTTPClient("prove", "b", "a")
	expectStatus(t, client, api.url, 200)
	expectStatus(t, client, api.url, 200)
	api.expect(t, "token-1", "token-1")
	service.Expect(t, 1)
	if scope := service.Calls()[0].Form.Get("scope"); scope != "a b" {
		t.Errorf("got scope %q", scope)
	}
}

func reportsOnce(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		time.Sleep(time.Second)
		reporting("replaced", 3600)(w, call)
	})
	api := newAPI(n, "token-1")
	client := newClient(t, n, service.Endpoint)
	expectNone(t, concurrently(100, func(i int) error {
		response, err := client.HTTPClient("prove").Get(api.url)
		if err == nil {
			response.Body.Close()
			if response.StatusCode != 200 {
				err = errors.New(response.Status)
			}
		}
		return err
	}))
	service.Expect(t, 2)
	const fingerprint = "3f08aace122ee2368432c1ca23a049bc640bafbf00fdf33a52429f38ba12dbf9" // printf token-1 | sha256sum
	if got := service.Calls()[1].Form.Get("rejected_token_sha256"); got != fingerprint {
		t.Errorf("got %q", got)
	}
	expectToken(t, client, "token-2")
	if len(api.got) != 200 {
		t.Errorf("the API got %d requests", len(api.got))
	}
}

func usesNewerToken(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, reporting("replaced", 3600))
	gate := make(chan struct{})
	slow := &echo{respond: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" && r.Header.Get("Authorization") == "Bearer token-1" {
			<-gate
		}
		if r.Header.Get("Authorization") == "Bearer token-1" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}}
	url := n.Serve(slow)
	client := newClient(t, n, service.Endpoint).HTTPClient("prove")
	done := make(chan struct{})
	go func() {
		defer close(done)
		expectStatus(t, client, url+"/slow", 200)
	}()
	synctest.Wait()
	expectStatus(t, client, url, 200)
	close(gate)
	<-done
	service.Expect(t, 2)
}

func retriesOnUnknown(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, reporting("unknown", 3600))
	api := newAPI(n, "token-1")
	expectStatus(t, newClient(t, n, service.Endpoint).HTTPClient("prove"), api.url, 200)
	api.expect(t, "token-1", "token-2")
}

func handsOnKept(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, reporting("kept", 3600))
	api := newAPI(n, "token-1")
	client := newClient(t, n, service.Endpoint).HTTPClient("prove")
	response, err := client.Get(api.url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); response.StatusCode != 401 || string(body) != "refused" || err != nil {
		t.Errorf("got %d %q %v", response.StatusCode, body, err)
	}
	for range 3 {
		expectStatus(t, client, api.url, 401)
	}
	service.Expect(t, 2)
	api.expect(t, "token-1", "token-1", "token-1", "token-1")
}

func reportsAgain(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		reporting(map[bool]string{true: "kept", false: "replaced"}[call.N == 2], 3600)(w, call)
	})
	api := newAPI(n, "token-1")
	client := newClient(t, n, service.Endpoint).HTTPClient("prove")
	expectStatus(t, client, api.url, 401)
	pass(10 * time.Second)
	expectStatus(t, client, api.url, 200)
	api.expect(t, "token-1", "token-1", "token-3")
}

func handsOnFailedReports(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		if isReport(call) {
			vendingtest.Fail(w, http.StatusBadGateway, "provider_error", -1)
			return
		}
		vendingtest.Vend(w, tokenOf(call), 3600)
	})
	api := newAPI(n, "token-1")
	client := newClient(t, n, service.Endpoint)
	for range 10 {
		expectStatus(t, client.HTTPClient("prove"), api.url, 401)
	}
	service.Expect(t, 3)
	expectToken(t, client, "token-1")
	pass(time.Second)
	expectStatus(t, client.HTTPClient("prove"), api.url, 401)
	service.Expect(t, 5)
}

func sendsTwiceAtMost(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, reporting("replaced", 3600))
	api := newAPI(n, "token-1", "token-2", "token-3")
	expectStatus(t, newClient(t, n, service.Endpoint).HTTPClient("prove"), api.url, 401)
	api.expect(t, "token-1", "token-2")
	service.Expect(t, 2)
}

func doesNotRepeatOneShotBodies(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, reporting("replaced", 3600))
	api := newAPI(n, "token-1")
	client := newClient(t, n, service.Endpoint).HTTPClient("prove")
	response, err := client.Post(api.url, "text/plain", io.MultiReader(strings.NewReader("once")))
	if err != nil || response.StatusCode != 401 {
		t.Fatalf("got %v, %v", response, err)
	}
	response.Body.Close()
	expectStatus(t, client, api.url, 200)
	api.expect(t, "token-1 once", "token-2")
	service.Expect(t, 2)
}

func repeatsBodies(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, reporting("replaced", 3600))
	api := newAPI(n, "token-1")
	client := newClient(t, n, service.Endpoint, vending.WithHTTPClient(&http.Client{Transport: readingAhead{n.Transport}})).HTTPClient("prove")
	response, err := client.Post(api.url, "text/plain", strings.NewReader("body"))
	if err != nil || response.StatusCode != 200 {
		t.Fatalf("got %v, %v", response, err)
	}
	response.Body.Close()
	api.expect(t, "token-1 body", "token-2 body")
}

// readingAhead sends what it has read. http.Transport would help itself where a body has been read already.
type readingAhead struct{ http.RoundTripper }

func (r readingAhead) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		body, _ = io.ReadAll(request.Body)
		request.Body.Close()
	}
	read, _ := http.NewRequestWithContext(request.Context(), request.Method, request.URL.String(), bytes.NewReader(body))
	read.Header = request.Header
	return r.RoundTripper.RoundTrip(read)
}

func sharesUnkeptReplacement(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		time.Sleep(time.Second)
		reporting("unknown", -1)(w, call)
	})
	api := newAPI(n, "token-1")
	client := newClient(t, n, service.Endpoint).HTTPClient("prove")
	concurrently(50, func(int) error {
		expectStatus(t, client, api.url, 200)
		return nil
	})
	service.Expect(t, 2)
}

func keepsTokenFromOtherHosts(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, reporting("replaced", 3600))
	other := &echo{respond: func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) }}
	otherURL := n.Serve(other)
	redirecting := n.Serve(&echo{respond: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, otherURL, http.StatusFound)
	}})
	client := newClient(t, n, service.Endpoint).HTTPClient("prove")
	expectStatus(t, client, redirecting, 401)
	if got := other.requests[0].Header.Get("Authorization"); got != "" {
		t.Errorf("the other host got %q", got)
	}
	service.Expect(t, 1)
}

func keepsTokenFromRoundTrips(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	var otherURL string
	api := &echo{respond: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, otherURL, http.StatusFound)
		}
	}}
	apiURL := n.Serve(api)
	otherURL = n.Serve(&echo{respond: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, apiURL+"/logged", http.StatusFound)
	}})
	expectStatus(t, newClient(t, n, service.Endpoint).HTTPClient("prove"), apiURL, 200)
	if got := api.requests[1].Header.Get("Authorization"); got != "" {
		t.Errorf("got %q", got)
	}
}

func followsSameHost(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, reporting("replaced", 3600))
	api := &echo{respond: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/next", http.StatusFound)
		} else if r.Header.Get("Authorization") == "Bearer token-1" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}}
	expectStatus(t, newClient(t, n, service.Endpoint).HTTPClient("prove"), n.Serve(api), 200)
	if got := api.requests[2].Header.Get("Authorization"); got != "Bearer token-2" {
		t.Errorf("got %q", got)
	}
}

func doesNotBringBack(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		switch {
		case isReport(call):
			w.Header().Set("X-Token-Rejection", "replaced")
			vendingtest.Vend(w, "new", 3000)
		case call.N == 2: // the refresh: its answer was made before the report, and arrives after it
			time.Sleep(5 * time.Second)
			vendingtest.Vend(w, "old", 3600)
		default:
			vendingtest.Vend(w, "old", 3600)
		}
	})
	api := newAPI(n)
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "old")
	pass(3240 * time.Second)
	expectToken(t, client, "old")
	api.refused["old"] = true
	expectStatus(t, client.HTTPClient("prove"), api.url, 200)
	pass(10 * time.Second)
	service.Expect(t, 3)
	expectToken(t, client, "new")
}

func failsWithVendingError(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, failing(failure(404, "unknown_provider", -1)))
	body := &closing{Reader: strings.NewReader("body")}
	_, err := newClient(t, n, service.Endpoint).HTTPClient("prove").Post("http://127.0.0.1:99/", "text/plain", body)
	if got := expectError(t, err); got.Code != "unknown_provider" || !body.isClosed {
		t.Errorf("got %v, body closed: %v", got, body.isClosed)
	}
}

type closing struct {
	io.Reader
	isClosed bool
}

func (c *closing) Close() error {
	c.isClosed = true
	return nil
}

func keepsClientSettings(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	given := &http.Client{Transport: n.Transport, Timeout: time.Second}
	client := newClient(t, n, service.Endpoint, vending.WithHTTPClient(given)).HTTPClient("prove")
	slow := n.Serve(&echo{respond: func(http.ResponseWriter, *http.Request) { time.Sleep(2 * time.Second) }})
	if _, err := client.Get(slow); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if given.Transport != n.Transport {
		t.Error("the given client was changed")
	}
}

func endsWithContext(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		time.Sleep(4 * time.Second)
		vendingtest.Vend(w, tokenOf(call), 3600)
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:99/", nil)
	start := time.Now()
	_, err := newClient(t, n, service.Endpoint).HTTPClient("prove").Do(request)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
}

func TestTokenSourceInOAuth2Transport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := vendingtest.NewNetwork(t)
		service := vendingtest.NewService(n, vendingTokens(3600))
		api := newAPI(n)
		source := newClient(t, n, service.Endpoint).TokenSource("prove", "a")
		response, err := (&http.Client{Transport: &oauth2.Transport{Source: source, Base: n.Transport}}).Get(api.url)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		api.expect(t, "token-1")
	})
}

func handsOnContradictions(t *testing.T) {
	for word, token := range map[string]string{"kept": "token-2", "replaced": "token-1", "unknown": "token-1", "": "token-1"} {
		n := vendingtest.NewNetwork(t)
		service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
			if isReport(call) {
				w.Header().Set("X-Token-Rejection", word)
				vendingtest.Vend(w, token, 3600)
				return
			}
			vendingtest.Vend(w, "token-1", 3600)
		})
		api := newAPI(n, "token-1")
		expectStatus(t, newClient(t, n, service.Endpoint).HTTPClient("prove"), api.url, 401)
		api.expect(t, "token-1")
	}
}

func reportsWhatComesBack(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		switch {
		case isReport(call):
			w.Header().Set("X-Token-Rejection", "unknown")
			vendingtest.Vend(w, tokenOf(call), 5)
		default: // another instance still holds the refused one
			vendingtest.Vend(w, "token-1", 3600)
		}
	})
	api := newAPI(n, "token-1")
	client := newClient(t, n, service.Endpoint).HTTPClient("prove")
	expectStatus(t, client, api.url, 200)
	pass(5 * time.Second)
	expectStatus(t, client, api.url, 200)
	api.expect(t, "token-1", "token-2", "token-1", "token-4")
}

func joinsReports(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		if call.N == 2 {
			vendingtest.Fail(w, http.StatusServiceUnavailable, "temporarily_unavailable", 5)
			return
		}
		reporting("replaced", 3600)(w, call)
	})
	api := newAPI(n, "token-1")
	client := newClient(t, n, service.Endpoint).HTTPClient("prove")
	concurrently(3, func(i int) error {
		time.Sleep(time.Duration(i) * 400 * time.Millisecond)
		expectStatus(t, client, api.url, 200)
		return nil
	})
	service.Expect(t, 3)
}

func forgetsRefusedToken(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		reporting("replaced", map[bool]int{true: 3600, false: -1}[call.N == 1])(w, call)
	})
	api := newAPI(n, "token-1")
	client := newClient(t, n, service.Endpoint).HTTPClient("prove")
	expectStatus(t, client, api.url, 200)
	expectStatus(t, client, api.url, 200)
	api.expect(t, "token-1", "token-2", "token-3")
}

// A report of an old token is answered with the current one, slowly; before that arrives the current one is refused, too.
func passesOverRefused(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, func(w http.ResponseWriter, call vendingtest.Call) {
		switch call.N {
		case 1:
			vendingtest.Vend(w, "old", 600)
		case 2:
			time.Sleep(5 * time.Second)
			w.Header().Set("X-Token-Rejection", "unknown")
			vendingtest.Vend(w, "current", 3600)
		case 3:
			vendingtest.Vend(w, "current", 3600)
		default:
			w.Header().Set("X-Token-Rejection", "replaced")
			vendingtest.Vend(w, "new", 1800)
		}
	})
	api := newAPI(n, "old", "current")
	vendor := newClient(t, n, service.Endpoint)
	client := vendor.HTTPClient("prove")
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		expectStatus(t, client, api.url, 200)
	}()
	pass(time.Second)
	expectToken(t, vendor, "current", vending.WithMinTTL(time.Hour))
	expectStatus(t, client, api.url, 200)
	<-answered
	expectToken(t, vendor, "new")
	api.expect(t, "old", "current", "new", "new")
	service.Expect(t, 4)
}

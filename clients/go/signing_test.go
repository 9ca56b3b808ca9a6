package vending_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"token-vending.example/vending"
	"token-vending.example/vending/internal/vendingtest"
)

func TestClockSkew(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"is corrected by one more request, and known from then on":   correctsSkew,
		"that goes away is corrected back":                           correctsSkewBack,
		"is not blamed for the refusal of a request dated well":      doesNotBlameClock,
		"is corrected for the signing transport too":                 correctsSkewOfTransport,
		"is not blamed where a request was held up after signing":    doesNotBlameClockForDelay,
		"that is corrected does not shift when a token is to expire": keepsExpiry,
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
}

// counting counts requests, also those that the service refuses.
type counting struct {
	http.RoundTripper
	sent   atomic.Int64
	before func()
}

func (c *counting) RoundTrip(request *http.Request) (*http.Response, error) {
	c.sent.Add(1)
	if c.before != nil {
		c.before()
	}
	return c.RoundTripper.RoundTrip(request)
}

func countingClient(t *testing.T, n *vendingtest.Network, endpoint string, opts ...vending.Option) (*vending.Client, *counting) {
	transport := &counting{RoundTripper: n.Transport}
	opts = append(opts, vending.WithHTTPClient(&http.Client{Transport: transport}))
	return newClient(t, n, endpoint, opts...), transport
}

func correctsSkew(t *testing.T) {
	for _, skew := range []time.Duration{6 * time.Minute, -6 * time.Minute, 48 * time.Hour, -26 * 365 * 24 * time.Hour} {
		n := vendingtest.NewNetwork(t)
		service := vendingtest.NewService(n, vendingTokens(-1))
		service.Skew = skew
		client, transport := countingClient(t, n, service.Endpoint)
		expectToken(t, client, "token-1")
		expectToken(t, client, "token-2")
		if transport.sent.Load() != 3 {
			t.Errorf("%v: got %d requests, want 3", skew, transport.sent.Load())
		}
	}
}

func correctsSkewBack(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(-1))
	service.Skew = time.Hour
	client, transport := countingClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	service.Skew = 0
	expectToken(t, client, "token-2")
	expectToken(t, client, "token-3")
	if transport.sent.Load() != 5 {
		t.Errorf("got %d requests, want 5", transport.sent.Load())
	}
}

func doesNotBlameClock(t *testing.T) {
	for skew, status := range map[time.Duration]int{0: 403, 3 * time.Minute: 403, 270 * time.Second: 404} {
		n := vendingtest.NewNetwork(t)
		service := vendingtest.NewService(n, failing(failure(status, "some_code", -1)))
		service.Skew = skew
		client, transport := countingClient(t, n, service.Endpoint)
		if _, err := client.Token(t.Context(), "prove"); expectError(t, err).Code != "some_code" {
			t.Errorf("got %v", err)
		}
		if transport.sent.Load() != 1 {
			t.Errorf("got %d requests", transport.sent.Load())
		}
	}
}

func correctsSkewOfTransport(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	service.Skew = time.Hour
	signing := http.Client{Transport: newClient(t, n, service.Endpoint).Transport(n.Transport)}
	response, err := signing.PostForm(service.Endpoint+"/tokens/prove", url.Values{"grant_type": {"client_credentials"}})
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("got %v, %v", response, err)
	}
	response.Body.Close()
}

func doesNotBlameClockForDelay(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(-1))
	var c clocks
	client, transport := countingClient(t, n, service.Endpoint, c.option)
	transport.before = func() {
		if transport.sent.Load() == 1 {
			service.Skew = time.Hour
			c.wall.Store(int64(time.Hour))
		}
	}
	expectToken(t, client, "token-1")
	expectToken(t, client, "token-2")
	if transport.sent.Load() != 3 {
		t.Errorf("got %d requests, want 3", transport.sent.Load())
	}
}

func keepsExpiry(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	service.Skew = 6 * time.Hour
	client := newClient(t, n, service.Endpoint)
	if token := expectToken(t, client, "token-1"); !token.Valid() || time.Until(token.Expiry) != time.Hour {
		t.Errorf("got expiry %v", token.Expiry)
	}
	pass(time.Hour / 2)
	expectToken(t, client, "token-1")
}

func TestTransport(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"signs what an OAuth library sends to the vending endpoint, and nothing else": signsOnlyVending,
		"lets x/oauth2's Config.Client authorize an API":                              letsConfigClientAuthorize,
		"does not sign what another host redirects to the vending endpoint":           doesNotSignRedirects,
		"does not follow redirects from the vending endpoint":                         refusesRedirects,
		"refuses a body that is too large to sign":                                    refusesLargeBodies,
		"adds to the next token request the report of a token that an API refused":    reportsForLibraries,
		"reports no token that it did not bring, nor for another host's 401":          reportsOwnTokensOnly,
		"signs the host as it is sent, with or without the default port":              signsDefaultPort,
		"sends nothing of an earlier signature":                                       sendsNoEarlierSignature,
		"leaves the request as it was":                                                leavesRequestAlone,
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
}

// echo is somebody else's server. It keeps what it got.
type echo struct {
	requests []*http.Request
	respond  func(http.ResponseWriter, *http.Request)
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.requests = append(e.requests, r)
	if e.respond != nil {
		e.respond(w, r)
	}
}

func signsOnlyVending(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	other := &echo{}
	otherURL := n.Serve(other)
	signing := http.Client{Transport: newClient(t, n, service.Endpoint).Transport(n.Transport)}
	for target, isSigned := range map[string]bool{
		service.Endpoint + "/tokens/prove":                  true,
		otherURL + "/v1/tokens/prove":                       false,
		service.Endpoint + "2/tokens/prove":                 false,
		service.Endpoint + "/../v2/tokens/prove":            false,
		service.Endpoint + "/%2e%2e/v2/tokens/prove":        false,
		strings.ToUpper(otherURL) + "/v1/tokens/prove":      false,
		service.Endpoint + "/tokens/prove?unknown=b&also=a": true,
	} {
		calls := len(service.Calls())
		request, _ := http.NewRequest(http.MethodPost, target, strings.NewReader("grant_type=client_credentials"))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.SetBasicAuth("unused", "unused")
		response, err := signing.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := len(service.Calls()) > calls; got != isSigned {
			t.Errorf("%s: got %v, want %v", target, got, isSigned)
		}
	}
	for _, request := range other.requests {
		if !strings.HasPrefix(request.Header.Get("Authorization"), "Basic ") || request.Header.Get("X-Amz-Date") != "" {
			t.Errorf("%s was changed: %v", request.URL, request.Header)
		}
	}
}

func letsConfigClientAuthorize(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	api := &echo{}
	apiURL := n.Serve(api)
	client := newClient(t, n, service.Endpoint)
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: client.Transport(n.Transport)})
	library := clientcredentials.Config{ClientID: "prove", ClientSecret: "unused", TokenURL: service.Endpoint + "/tokens/prove"}
	response, err := library.Client(ctx).Get(apiURL)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if got := api.requests[0].Header.Get("Authorization"); got != "Bearer token-1" {
		t.Errorf("got %q", got)
	}
}

func doesNotSignRedirects(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	evil := &echo{respond: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, service.Endpoint+"/tokens/prove", http.StatusTemporaryRedirect)
	}}
	signing := http.Client{Transport: newClient(t, n, service.Endpoint).Transport(n.Transport)}
	response, err := signing.Post(n.Serve(evil), "application/x-www-form-urlencoded", strings.NewReader("grant_type=client_credentials"))
	if err != nil || response.StatusCode != http.StatusForbidden {
		t.Errorf("got %v, %v", response, err)
	}
	response.Body.Close()
	service.Expect(t, 0)
}

func refusesRedirects(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	other := &echo{}
	otherURL := n.Serve(other)
	service := vendingtest.NewService(n, failing(func(w http.ResponseWriter) {
		w.Header().Set("Location", otherURL)
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	signing := http.Client{Transport: newClient(t, n, service.Endpoint).Transport(n.Transport)}
	_, err := signing.PostForm(service.Endpoint+"/tokens/prove", nil)
	if err == nil || !strings.Contains(err.Error(), "redirects") || len(other.requests) != 0 {
		t.Errorf("got %v, and %d requests to the other host", err, len(other.requests))
	}
}

func refusesLargeBodies(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	signing := http.Client{Transport: newClient(t, n, service.Endpoint).Transport(n.Transport)}
	endless := io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)))
	if _, err := signing.Post(service.Endpoint+"/tokens/prove", "text/plain", endless); err == nil {
		t.Error("got no error")
	}
	if n.Dials() != 0 {
		t.Error("a request was sent")
	}
}

func leavesRequestAlone(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	request, _ := http.NewRequest(http.MethodPost, service.Endpoint+"/tokens/prove?b=1&a=2", http.NoBody)
	request.Header = nil
	response, err := newClient(t, n, service.Endpoint).Transport(n.Transport).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if request.Header != nil || request.URL.RawQuery != "b=1&a=2" || request.Host != strings.TrimPrefix(request.URL.Host, "http://") {
		t.Errorf("got %+v", request)
	}
	if response.Request != request {
		t.Error("the answer shows the signed request")
	}
	service.Expect(t, 1)
}

func signsDefaultPort(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewUnlistenedService(vendingTokens(3600))
	n.ServeAt(80, service)
	for _, host := range []string{"127.0.0.1", "127.0.0.1:80"} {
		service.Endpoint = "http://" + host + "/v1"
		client := newClient(t, n, service.Endpoint)
		if _, err := client.Token(t.Context(), "prove"); err != nil {
			t.Errorf("%s: got %v", host, err)
		}
		signing := http.Client{Transport: client.Transport(n.Transport)}
		for _, other := range []string{"127.0.0.1", "127.0.0.1:80"} {
			response, err := signing.PostForm("http://"+other+"/v1/tokens/prove", nil)
			if err != nil || response.StatusCode != http.StatusOK {
				t.Fatalf("%s for %s: got %v, %v", other, host, response, err)
			}
			response.Body.Close()
		}
	}
}

func sendsNoEarlierSignature(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	vendingService := &echo{}
	endpoint := n.Serve(vendingService)
	keys := credentials.NewStaticCredentialsProvider("AKIAPERMANENT", "secret", "")
	signing := http.Client{Transport: newClient(t, n, endpoint, vending.WithCredentials(keys)).Transport(n.Transport)}
	request, _ := http.NewRequest(http.MethodGet, endpoint+"/health", nil)
	request.Header.Set("X-Amz-Security-Token", "stale")
	request.Header.Set("Authorization", "stale")
	response, err := signing.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	got := vendingService.requests[0].Header
	if got.Get("X-Amz-Security-Token") != "" || !strings.Contains(got.Get("Authorization"), "AKIAPERMANENT") {
		t.Errorf("got %v", got)
	}
}

// fetch gets a token as an OAuth library does.
func fetch(t *testing.T, signing *http.Client, endpoint, form string) (token string) {
	t.Helper()
	response, err := signing.Post(endpoint+"/tokens/prove", "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.AccessToken
}

func call(t *testing.T, signing *http.Client, url, token string) {
	t.Helper()
	request, _ := http.NewRequest(http.MethodGet, url, nil)
	request.Header.Set("Authorization", "bearer "+token)
	response, err := signing.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
}

func reportsForLibraries(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, failing(
		func(w http.ResponseWriter) { vendingtest.Vend(w, "token-1", 3600) },
		failure(503, "temporarily_unavailable", 1)))
	refusing := n.Serve(&echo{respond: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }})
	client := newClient(t, n, service.Endpoint)
	signing := &http.Client{Transport: client.Transport(n.Transport)}
	const form = "grant_type=client_credentials&client_id=prove&scope=b+a"
	token := fetch(t, signing, service.Endpoint, form)
	call(t, signing, refusing, token)
	fetch(t, signing, service.Endpoint, form)
	fetch(t, &http.Client{Transport: client.Transport(n.Transport)}, service.Endpoint, "scope=a+b&client_id=prove")
	fetch(t, signing, service.Endpoint, form)
	call(t, signing, refusing, token)
	fetch(t, signing, service.Endpoint, "scope=a")
	fetch(t, signing, service.Endpoint, form+"&rejected_token_sha256=own")
	call(t, signing, refusing, fetch(t, signing, service.Endpoint, ""))
	empty, err := signing.Post(service.Endpoint+"/tokens/prove", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	empty.Body.Close()
	var reports []string
	for _, call := range service.Calls() {
		if call.Form.Get("client_id") != "prove" && call.N != 5 && call.N < 7 {
			t.Errorf("call %d lost its form: %v", call.N, call.Form)
		}
		reports = append(reports, strings.Join(call.Form["rejected_token_sha256"], "+"))
	}
	sum := sha256.Sum256([]byte("token-1"))
	fingerprint := hex.EncodeToString(sum[:])
	sum = sha256.Sum256([]byte("token-7"))
	ofSeventh := hex.EncodeToString(sum[:])
	if want := []string{"", fingerprint, fingerprint, "", "", "own", "", ofSeventh}; !slices.Equal(reports, want) {
		t.Errorf("got the reports %q, want %q", reports, want)
	}
}

func reportsOwnTokensOnly(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	refusing := n.Serve(&echo{respond: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }})
	redirecting := n.Serve(&echo{respond: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, refusing, http.StatusFound)
	}})
	accepting := n.Serve(&echo{})
	signing := &http.Client{Transport: newClient(t, n, service.Endpoint).Transport(n.Transport)}
	// A library may send its token anywhere, by itself or by its own handling of redirects.
	signing.CheckRedirect = func(request *http.Request, via []*http.Request) error {
		request.Header.Set("Authorization", via[0].Header.Get("Authorization"))
		return nil
	}
	token := fetch(t, signing, service.Endpoint, "a=b")
	call(t, signing, refusing, "of somebody else")
	call(t, signing, accepting, token)
	call(t, signing, redirecting, token)
	fetch(t, signing, service.Endpoint, "a=b")
	if service.Calls()[1].Form.Has("rejected_token_sha256") {
		t.Error("got a report")
	}
}

package vending_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"token-vending.example/vending"
	"token-vending.example/vending/internal/vendingtest"
)

// onLoopback starts a service on a real socket.
func onLoopback(t *testing.T, start func(http.Handler) *httptest.Server) (*vendingtest.Service, *httptest.Server) {
	t.Helper()
	service := vendingtest.NewUnlistenedService(vendingTokens(3600))
	server := start(service)
	t.Cleanup(server.Close)
	service.Endpoint = server.URL + "/v1"
	return service, server
}

func setAWSEnvironment(t *testing.T) {
	t.Helper()
	caller, _ := vendingtest.Credentials.Retrieve(t.Context())
	t.Setenv("AWS_ACCESS_KEY_ID", caller.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", caller.SecretAccessKey)
	t.Setenv("AWS_SESSION_TOKEN", caller.SessionToken)
	t.Setenv("AWS_REGION", vendingtest.Region)
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
}

func TestNewTakesEverythingFromTheEnvironment(t *testing.T) {
	service, _ := onLoopback(t, httptest.NewServer)
	setAWSEnvironment(t)
	t.Setenv("TOKEN_VENDING_ENDPOINT", service.Endpoint)
	client, err := vending.New(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	expectToken(t, client, "token-1")
}

func TestNewPrefersTheRegionThatItIsGiven(t *testing.T) {
	service, _ := onLoopback(t, httptest.NewServer)
	setAWSEnvironment(t)
	t.Setenv("AWS_REGION", "us-east-1")
	client, err := vending.New(t.Context(), service.Endpoint, vending.WithRegion(vendingtest.Region))
	if err != nil {
		t.Fatal(err)
	}
	expectToken(t, client, "token-1")
}

func TestNewReadsNoCredentialsFromAProfileThatItIsNotTold(t *testing.T) {
	service, _ := onLoopback(t, httptest.NewServer)
	setAWSEnvironment(t)
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "broken"))
	if err := os.WriteFile(os.Getenv("AWS_CONFIG_FILE"), []byte("[profile x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := vending.New(t.Context(), service.Endpoint,
		vending.WithRegion(vendingtest.Region), vending.WithCredentials(vendingtest.Credentials))
	if err != nil {
		t.Errorf("got %v", err)
	}
}

func TestTokenTravelsOverTLS(t *testing.T) {
	service, server := onLoopback(t, func(handler http.Handler) *httptest.Server {
		server := httptest.NewUnstartedServer(handler)
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		return server
	})
	client, err := vending.New(t.Context(), service.Endpoint, vending.WithHTTPClient(server.Client()),
		vending.WithRegion(vendingtest.Region), vending.WithCredentials(vendingtest.Credentials))
	if err != nil {
		t.Fatal(err)
	}
	expectToken(t, client, "token-1")
	untrusting, err := vending.New(t.Context(), service.Endpoint,
		vending.WithRegion(vendingtest.Region), vending.WithCredentials(vendingtest.Credentials))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := untrusting.Token(t.Context(), "prove"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	setAWSEnvironment(t)
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	for name, endpoint := range map[string]string{
		"no endpoint":          "",
		"plain http":           "http://vending.example.com/v1",
		"another scheme":       "ftp://127.0.0.1/v1",
		"no scheme":            "vending.example.com/v1",
		"no host":              "https:///v1",
		"a password":           "https://user:hunter2@vending.example.com/v1",
		"a password, not http": "htt p://user:hunter2@vending.example.com/v1",
		"a query":              "https://vending.example.com/v1?x=hunter2",
		"a fragment":           "https://vending.example.com/v1#hunter2",
		"dot segments":         "https://vending.example.com/../v1",
		"no region":            "https://vending.example.com/v1",
		"a host like loopback": "http://127.0.0.1.example.com/v1",
	} {
		var opts []vending.Option
		if name != "no region" {
			opts = append(opts, vending.WithRegion("x"))
		}
		client, err := vending.New(context.Background(), endpoint, opts...)
		if err == nil {
			t.Errorf("%s: got %v", name, client)
			continue
		}
		expectError(t, err)
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error shows the password: %v", name, err)
		}
	}
	for _, endpoint := range []string{
		"https://abc123.execute-api.eu-west-1.amazonaws.com/v1", "http://127.0.0.1:8787/v1", "http://localhost:8787", "http://[::1]:1/v1/",
	} {
		if _, err := vending.New(context.Background(), endpoint, vending.WithRegion("x")); err != nil {
			t.Errorf("%s: got %v", endpoint, err)
		}
	}
}

// capturing answers nothing and keeps the signature.
type capturing struct{ authorization string }

func (c *capturing) RoundTrip(request *http.Request) (*http.Response, error) {
	c.authorization = request.Header.Get("Authorization")
	return nil, errors.New("nobody is there")
}

func TestRegionIsTheGivenOneOrTheHostsOrTheEnvironments(t *testing.T) {
	setAWSEnvironment(t)
	t.Setenv("AWS_REGION", "us-east-1")
	const ofHost = "https://abc123.execute-api.ap-south-1.amazonaws.com/v1"
	for _, c := range []struct{ endpoint, given, want string }{
		{ofHost, "eu-north-1", "eu-north-1"}, {ofHost, "", "ap-south-1"}, {"https://vending.example.com/v1", "", "us-east-1"},
	} {
		captured := &capturing{}
		client, err := vending.New(t.Context(), c.endpoint, vending.WithRegion(c.given), vending.WithHTTPClient(&http.Client{Transport: captured}))
		if err != nil {
			t.Fatal(err)
		}
		request, _ := http.NewRequest(http.MethodGet, c.endpoint+"/health", nil)
		if _, err := client.Transport(captured).RoundTrip(request); err == nil {
			t.Error("got an answer")
		}
		if !strings.Contains(captured.authorization, "/"+c.want+"/execute-api/") {
			t.Errorf("%s, %q: got %s", c.endpoint, c.given, captured.authorization)
		}
	}
}

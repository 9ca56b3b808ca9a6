package vendingtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Region is the service's.
const Region = "eu-west-1"

// Credentials are those of a caller that may ask for every token.
var Credentials = credentials.NewStaticCredentialsProvider("ASIAVENDINGTEST", "wJalrXUtnFEMI-secret", "FwoGZXIvYXdzE-session")

// Call is one request for a token whose signature is right.
type Call struct {
	// N counts from 1.
	N        int
	Provider string
	Form     url.Values
	At       time.Time
	Header   http.Header
}

// Service is a vending service that answers as a test wants.
type Service struct {
	// Endpoint ends with the stage.
	Endpoint string
	// Skew is what the service's clock is ahead of the test's.
	Skew time.Duration

	mu     sync.Mutex
	calls  []Call
	script func(http.ResponseWriter, Call)
}

// NewService starts a service on a network.
func NewService(n *Network, script func(http.ResponseWriter, Call)) *Service {
	s := &Service{script: script}
	s.Endpoint = n.Serve(s) + "/v1"
	return s
}

// NewUnlistenedService is a handler that a test serves itself. It must set Endpoint.
func NewUnlistenedService(script func(http.ResponseWriter, Call)) *Service {
	return &Service{script: script}
}

// ServeHTTP refuses as API Gateway does, and hands all else to the test.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now().Add(s.Skew)
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	w.Header().Set("X-Amzn-Requestid", "request-1")
	provider, isToken := strings.CutPrefix(r.URL.Path, "/v1/tokens/")
	if !isToken || r.Method != http.MethodPost {
		refuse(w, "Missing Authentication Token")
		return
	}
	if complaint := verify(r, now); complaint != "" {
		refuse(w, complaint)
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	call := Call{N: len(s.calls) + 1, Provider: provider, Form: r.PostForm, At: time.Now(), Header: r.Header.Clone()}
	s.calls = append(s.calls, call)
	s.mu.Unlock()
	s.script(w, call)
}

// Calls are the requests so far whose signature was right.
func (s *Service) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// Expect fails the test unless so many requests were made.
func (s *Service) Expect(t *testing.T, calls int) {
	t.Helper()
	if got := len(s.Calls()); got != calls {
		t.Fatalf("requests to the vending service: got %d, want %d", got, calls)
	}
}

// Vend answers with a token. A negative lifetime leaves expires_in out.
func Vend(w http.ResponseWriter, token string, expiresIn int) {
	fields := map[string]any{"access_token": token, "token_type": "Bearer"}
	if expiresIn >= 0 {
		fields["expires_in"] = expiresIn
	}
	writeJSON(w, http.StatusOK, fields)
}

// Fail answers with an error of the service. A negative retryAfter leaves the header out.
func Fail(w http.ResponseWriter, status int, code string, retryAfter int) {
	if retryAfter >= 0 {
		w.Header().Set("Retry-After", fmt.Sprint(retryAfter))
	}
	writeJSON(w, status, map[string]any{"error": code, "error_description": "because of " + code})
}

func refuse(w http.ResponseWriter, message string) {
	writeJSON(w, http.StatusForbidden, map[string]any{"message": message})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

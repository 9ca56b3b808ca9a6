package service

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// WatchingTransport is for libraries that fetch tokens themselves. Those that drop a token after a 401 ask for another one
// just as they asked for the first, and would get the very same. So it signs their token requests, watches the answers of
// the APIs, and adds to the next token request the report that a token was refused.
type WatchingTransport struct {
	SigningTransport
	Refusals *Refusals
}

// RoundTrip implements http.RoundTripper.
func (t *WatchingTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if isTokenRequest := t.Endpoint.Contains(request) && request.Method == http.MethodPost; !isTokenRequest {
		response, err := t.SigningTransport.RoundTrip(request)
		if err == nil && response.StatusCode == http.StatusUnauthorized && IsSameOriginThroughout(request) {
			t.Refusals.noteRefused(request.Header.Get("Authorization"))
		}
		return response, err
	}
	body, err := readBody(request)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		form = url.Values{}
	}
	subject := subjectOf(request.URL, form)
	reported := t.Refusals.toReport(subject)
	tokenRequest := withBody(request, body)
	if reported != "" && !form.Has(rejectedField) {
		tokenRequest = withReport(request, body, reported)
	}
	response, err := t.SigningTransport.RoundTrip(tokenRequest)
	if err != nil {
		return nil, err
	}
	response.Request = request
	if response.StatusCode == http.StatusOK {
		t.Refusals.noteVended(subject, reported, peekToken(response))
	}
	return response, nil
}

// withReport adds a field to a form, which may be empty and then not say that it is one.
func withReport(request *http.Request, body []byte, fingerprint string) *http.Request {
	field := rejectedField + "=" + fingerprint
	if len(body) > 0 {
		return withBody(request, []byte(string(body)+"&"+field))
	}
	reporting := withBody(request, []byte(field))
	reporting.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return reporting
}

// peekToken reads a token without taking it from whoever reads the answer next.
func peekToken(response *http.Response) string {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponseBytes))
	rest := io.Reader(response.Body)
	if err != nil {
		rest = brokenReader{err}
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), response.Body}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	_ = json.Unmarshal(body, &answer)
	return answer.AccessToken
}

type brokenReader struct{ err error }

func (b brokenReader) Read([]byte) (int, error) { return 0, b.err }

const (
	rejectedField = "rejected_token_sha256"
	// maxVended bounds of how many tokens it is known for what they were vended.
	maxVended = 256
)

// Refusals is what is known of the tokens that passed by: fingerprints, and what was asked when they were vended.
type Refusals struct {
	mu      sync.Mutex
	vended  map[string]string // fingerprint → subject
	order   []string          // the fingerprints, oldest first
	reports map[string]string // subject → fingerprint
}

// NewRefusals knows of none.
func NewRefusals() *Refusals {
	return &Refusals{vended: map[string]string{}, reports: map[string]string{}}
}

func (r *Refusals) noteVended(subject, reported, accessToken string) {
	if accessToken == "" {
		return
	}
	fingerprint := Fingerprint(accessToken)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reports[subject] == reported {
		delete(r.reports, subject)
	}
	if _, isKnown := r.vended[fingerprint]; !isKnown {
		r.order = append(r.order, fingerprint)
	}
	r.vended[fingerprint] = subject
	if len(r.order) > maxVended {
		delete(r.vended, r.order[0])
		r.order = slices.Delete(r.order, 0, 1)
	}
}

func (r *Refusals) noteRefused(authorization string) {
	scheme, accessToken, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return
	}
	fingerprint := Fingerprint(accessToken)
	r.mu.Lock()
	defer r.mu.Unlock()
	if subject, isVended := r.vended[fingerprint]; isVended {
		r.reports[subject] = fingerprint
	}
}

func (r *Refusals) toReport(subject string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reports[subject]
}

// subjectOf is what makes two token requests ask for the same. Client id and secret are made up.
func subjectOf(target *url.URL, form url.Values) string {
	scopes := strings.Fields(form.Get("scope"))
	slices.Sort(scopes)
	return target.Path + " " + strings.Join(slices.Compact(scopes), " ")
}

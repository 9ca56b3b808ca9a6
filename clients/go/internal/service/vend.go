package service

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Ask is what is asked of the service.
type Ask struct {
	Provider string
	// Scope is space-separated, or empty for the provider's default.
	Scope string
	// MinTTLSeconds is the life that the caller wants at least, or zero.
	MinTTLSeconds int
	// Rejected is the fingerprint of a token that the provider's API refused, or empty.
	Rejected string
}

// Service is the vending service.
type Service struct {
	endpoint Endpoint
	http     *http.Client
}

// New makes a service out of the transport that signs.
func New(transport *SigningTransport) *Service {
	return &Service{
		endpoint: transport.Endpoint,
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// providerName keeps a provider's name to one segment of the path.
var providerName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$`)

// Vend makes one request. It retries nothing.
func (s *Service) Vend(ctx context.Context, ask Ask) (*Answer, *Failure) {
	if !providerName.MatchString(ask.Provider) {
		return nil, &Failure{Code: InvalidRequest, Description: "no provider can have this name"}
	}
	form := strings.NewReader(ask.form())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint.TokenURL(ask.Provider), form)
	if err != nil {
		return nil, &Failure{Code: InvalidRequest, Description: "the request cannot be made", Cause: err}
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	response, err := s.http.Do(request)
	if err != nil {
		return nil, unsent(err)
	}
	defer response.Body.Close()
	return judge(response)
}

func (a Ask) form() string {
	form := url.Values{"grant_type": {"client_credentials"}}
	if a.Scope != "" {
		form.Set("scope", a.Scope)
	}
	if a.MinTTLSeconds > 0 {
		form.Set("min_ttl", strconv.Itoa(a.MinTTLSeconds))
	}
	if a.Rejected != "" {
		form.Set("rejected_token_sha256", a.Rejected)
	}
	return form.Encode()
}

func unsent(err error) *Failure {
	var credentials *credentialsError
	if errors.As(err, &credentials) {
		return &Failure{Code: NoCredentials, Description: "there are no AWS credentials to sign with", Cause: credentials.cause}
	}
	return &Failure{Code: NetworkError, Description: "the vending endpoint did not answer", Cause: err}
}

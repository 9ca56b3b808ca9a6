// Package vending gets short-lived OAuth 2.0 access tokens from a token vending service, so that a program needs no client
// secret: it signs its requests with its AWS identity (SigV4).
//
//	client, err := vending.New(ctx, "") // endpoint from TOKEN_VENDING_ENDPOINT, identity from the AWS SDK's chain
//	if err != nil {
//		return err
//	}
//	prove := client.HTTPClient("prove") // an *http.Client whose requests carry a token
//
// A token is kept until it expires and renewed in the background shortly before. Concurrent callers share one request. A
// client is safe for concurrent use; one per process is enough.
package vending

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"golang.org/x/oauth2"

	"token-vending.example/vending/internal/service"
	"token-vending.example/vending/internal/settings"
)

// EndpointVariable names the environment variable that holds the endpoint where New is given none.
const EndpointVariable = "TOKEN_VENDING_ENDPOINT"

// Client vends tokens. Its zero value is not usable; see New.
//
// It holds a function only: nothing that prints it, or what it is part of, can look behind that and show a token.
type Client struct {
	core func() *core
}

// New makes a client of the vending service at endpoint: its URL with the stage, as in
// https://abc123.execute-api.eu-west-1.amazonaws.com/v1. An empty endpoint means the one in TOKEN_VENDING_ENDPOINT.
//
// Credentials come from the AWS SDK's default chain, the region from WithRegion, or an execute-api host name, or the AWS
// configuration (AWS_REGION). ctx bounds the reading of that configuration only. New sends nothing to the endpoint.
func New(ctx context.Context, endpoint string, opts ...Option) (*Client, error) {
	if endpoint == "" {
		endpoint = os.Getenv(EndpointVariable)
	}
	if endpoint == "" {
		return nil, &Error{Description: "no endpoint: give one, or set " + EndpointVariable}
	}
	parsed, err := service.ParseEndpoint(endpoint)
	if err != nil {
		return nil, &Error{Description: err.Error()}
	}
	set := settings.Default()
	for _, opt := range opts {
		opt(&set)
	}
	if set.Region == "" {
		set.Region = parsed.Region()
	}
	if err := addAWSConfig(ctx, &set); err != nil {
		return nil, err
	}
	signer := service.NewSigner(set.Credentials, set.Region, set.Clock)
	transport := &service.SigningTransport{Endpoint: parsed, Signer: signer, Base: base(set.HTTP.Transport)}
	shared := newCore(transport, set)
	return &Client{func() *core { return shared }}, nil
}

// addAWSConfig reads the AWS configuration for what is still missing.
func addAWSConfig(ctx context.Context, set *settings.Settings) error {
	if set.Region != "" && set.Credentials != nil {
		return nil
	}
	loaded, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return &Error{Description: "the AWS configuration cannot be read", cause: err}
	}
	if set.Region == "" {
		set.Region = loaded.Region
	}
	if set.Credentials == nil {
		set.Credentials = loaded.Credentials
	}
	if set.Region == "" {
		return &Error{Description: "no region: use WithRegion, or set AWS_REGION"}
	}
	return nil
}

// Token returns a token of a provider: from memory while it is valid, else from the service. It returns when it has one, at
// ctx's deadline (30 s if it has none) or when ctx is cancelled, also while other callers go on waiting for the same
// request. Errors are of type *Error.
//
// A token whose lifetime nobody knows has no Expiry and is not kept. Do not wrap Token in oauth2.ReuseTokenSource, which
// would keep such a token for ever.
func (c *Client) Token(ctx context.Context, provider string, opts ...TokenOption) (*oauth2.Token, error) {
	token, err := c.core().obtain(ctx, want(provider, opts))
	if err != nil {
		return nil, err
	}
	return token.copy(), nil
}

// TokenSource is Token for libraries that want an oauth2.TokenSource. It keeps no token of its own; each call has 30 s.
func (c *Client) TokenSource(provider string, scopes ...string) oauth2.TokenSource {
	shared, want := c.core(), wanted{key: newKey(provider, scopes)}
	return tokenSource(func() (*oauth2.Token, error) {
		token, err := shared.obtain(context.Background(), want)
		if err != nil {
			return nil, err
		}
		return token.copy(), nil
	})
}

// HTTPClient returns an *http.Client whose requests carry a token of the provider. When the provider's API answers 401, the
// token is reported to the service (once, for all requests that met it) and each request is sent once more with the new
// one, if its body can be sent twice: Body is nil, or GetBody is set, as http.NewRequest does for buffers and strings. The
// token is not sent on to another host by a redirect.
func (c *Client) HTTPClient(provider string, scopes ...string) *http.Client {
	client, under := *c.core().http, base(c.core().http.Transport)
	authorizing := &authorizingTransport{c.core(), newKey(provider, scopes), under}
	client.Transport = conceal(authorizing, under)
	return &client
}

// Transport returns an http.RoundTripper that signs requests to the vending endpoint and sends all others as they are. It
// is for OAuth libraries that fetch tokens themselves. Where an API answers 401 to a token that was vended through it, the
// next token request like the one that brought it reports the token, so that the library gets another one. A nil base means
// http.DefaultTransport.
func (c *Client) Transport(roundTripper http.RoundTripper) http.RoundTripper {
	watching := &service.WatchingTransport{SigningTransport: *c.core().signing, Refusals: c.core().refusals}
	watching.Base = base(roundTripper)
	return conceal(watching, watching.Base)
}

func base(roundTripper http.RoundTripper) http.RoundTripper {
	if roundTripper == nil {
		return http.DefaultTransport
	}
	return roundTripper
}

// String names the endpoint; there is nothing else to see.
func (c Client) String() string {
	if c.core == nil {
		return "vending.Client()"
	}
	return fmt.Sprintf("vending.Client(%s)", c.core().signing.Endpoint)
}

// GoString is String.
func (c Client) GoString() string { return c.String() }

// LogValue is String, for log/slog.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.String()) }

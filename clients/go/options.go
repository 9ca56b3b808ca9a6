package vending

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"token-vending.example/vending/internal/settings"
)

// Option sets something on a client. See the functions named With….
type Option func(*settings.Settings)

// WithRegion sets the AWS region of the endpoint, for host names of one's own and where AWS_REGION is another.
func WithRegion(region string) Option {
	return func(s *settings.Settings) { s.Region = region }
}

// WithCredentials sets where the AWS credentials come from, in place of the SDK's default chain.
func WithCredentials(credentials aws.CredentialsProvider) Option {
	return func(s *settings.Settings) { s.Credentials = credentials }
}

// WithHTTPClient sets what HTTPClient returns copies of: its timeout, its cookies, its redirects. Its Transport also
// carries the requests to the vending endpoint; nothing else of it applies to those.
func WithHTTPClient(client *http.Client) Option {
	return func(s *settings.Settings) {
		if client != nil {
			s.HTTP = client
		}
	}
}

// TokenOption says which token is wanted.
type TokenOption func(*wanted)

// WithScopes asks for scopes. Their order does not matter. Without it, the provider's default scopes are meant.
func WithScopes(scopes ...string) TokenOption {
	return func(w *wanted) { w.scope = canonical(scopes) }
}

// WithMinTTL asks for a token that lives at least this long. Where the one in memory has less left, the service is asked; it
// may still answer with one that has less, since no more is to be had. Look at Expiry.
func WithMinTTL(life time.Duration) TokenOption {
	return func(w *wanted) { w.minTTL = max(life, 0) }
}

// key is what tokens are kept under.
type key struct {
	provider string
	scope    string
}

func newKey(provider string, scopes []string) key {
	return key{provider, canonical(scopes)}
}

// wanted is what a caller wants: a token of at least some life, or another one than a token that was refused.
type wanted struct {
	key
	minTTL   time.Duration
	rejected string
}

// want gathers what a caller wants. It allocates nothing for those who set no option: they are the ones in a hurry.
func want(provider string, opts []TokenOption) wanted {
	if len(opts) == 0 {
		return wanted{key: key{provider: provider}}
	}
	w := wanted{key: key{provider: provider}}
	for _, opt := range opts {
		opt(&w)
	}
	return w
}

// canonical sorts scopes, so that one set is one key. A scope may hold several, separated by spaces, as in OAuth.
func canonical(scopes []string) string {
	fields := strings.Fields(strings.Join(scopes, " "))
	slices.Sort(fields)
	return strings.Join(slices.Compact(fields), " ")
}

package vending

import (
	"context"
	"net/http"

	"token-vending.example/vending/internal/service"
)

// authorizingTransport puts a provider's token on requests to its API, and sees to it when the API refuses it.
type authorizingTransport struct {
	core *core
	key  key
	base http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *authorizingTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if !service.IsSameOriginThroughout(request) {
		return t.base.RoundTrip(request)
	}
	token, err := t.core.obtain(request.Context(), wanted{key: t.key})
	if err != nil {
		if request.Body != nil {
			request.Body.Close()
		}
		return nil, err
	}
	response, err := t.send(request, token)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	replacement := t.core.replace(request.Context(), t.key, token.fingerprint)
	if replacement == nil {
		return response, nil
	}
	second, isPossible := rewind(request)
	if !isPossible {
		return response, nil
	}
	service.Discard(response)
	return t.send(second, replacement)
}

func (t *authorizingTransport) send(request *http.Request, token *held) (*http.Response, error) {
	authorized := request.Clone(request.Context())
	if authorized.Header == nil {
		authorized.Header = http.Header{}
	}
	token.token.SetAuthHeader(authorized)
	response, err := t.base.RoundTrip(authorized)
	if err != nil {
		return nil, err
	}
	// The request as it was made: responses are logged and passed on, and this one has no token.
	response.Request = request
	return response, nil
}

// replace reports a token that an API has refused. It returns nil where the caller must live with the 401.
func (c *core) replace(ctx context.Context, key key, refused string) *held {
	token, err := c.obtain(ctx, wanted{key: key, rejected: refused})
	if err != nil {
		return nil
	}
	return token
}

// rewind makes a request once more, if its body can be read once more.
func rewind(request *http.Request) (*http.Request, bool) {
	second := request.Clone(request.Context())
	if request.Body == nil || request.Body == http.NoBody {
		return second, true
	}
	if request.GetBody == nil {
		return nil, false
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, false
	}
	second.Body = body
	return second, true
}

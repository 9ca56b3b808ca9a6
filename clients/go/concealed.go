package vending

import (
	"net/http"

	"golang.org/x/oauth2"
)

// tokenSource is a function for the reason that Client holds one.
type tokenSource func() (*oauth2.Token, error)

// Token implements oauth2.TokenSource.
func (s tokenSource) Token() (*oauth2.Token, error) { return s() }

// concealed is a round tripper of which printing shows nothing either.
type concealed struct {
	roundTrip func(*http.Request) (*http.Response, error)
	closeIdle func()
}

// conceal hides a round tripper. What is under it is what http.Client.CloseIdleConnections is passed on to.
func conceal(roundTripper, under http.RoundTripper) *concealed {
	hidden := &concealed{roundTripper.RoundTrip, func() {}}
	if closer, ok := under.(interface{ CloseIdleConnections() }); ok {
		hidden.closeIdle = closer.CloseIdleConnections
	}
	return hidden
}

// RoundTrip implements http.RoundTripper.
func (c *concealed) RoundTrip(request *http.Request) (*http.Response, error) {
	return c.roundTrip(request)
}

// CloseIdleConnections is called by http.Client's method of that name.
func (c *concealed) CloseIdleConnections() { c.closeIdle() }

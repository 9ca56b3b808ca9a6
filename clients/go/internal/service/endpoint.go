// Package service is the vending service as seen from a caller: where it is, how requests to it are signed, and what its
// answers mean.
package service

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Endpoint is the address of the vending service, with its stage: https://abc123.execute-api.eu-west-1.amazonaws.com/v1.
type Endpoint struct {
	url url.URL
}

// ParseEndpoint refuses every address to which a signed request, or the token in its answer, should not travel.
func ParseEndpoint(text string) (Endpoint, error) {
	// The parser's own error would repeat the text, and with it a password.
	parsed, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return Endpoint{}, errors.New("the endpoint is not a URL")
	}
	switch {
	case parsed.Scheme != "https" && parsed.Scheme != "http", parsed.Hostname() == "":
		return Endpoint{}, errors.New("the endpoint must be an https URL")
	case parsed.Scheme == "http" && !isLoopback(parsed.Hostname()):
		return Endpoint{}, errors.New("the endpoint must be https: plain http is for loopback only")
	case parsed.User != nil, parsed.RawQuery != "", parsed.ForceQuery, parsed.Fragment != "":
		return Endpoint{}, errors.New("the endpoint must have no user, query or fragment")
	}
	// What remains is what is sent, and so what is signed: `Host` has no default port.
	path := strings.TrimRight(parsed.Path, "/")
	endpoint := Endpoint{url.URL{Scheme: parsed.Scheme, Host: origin(parsed), Path: path}}
	if hasDotSegment(&endpoint.url) {
		return Endpoint{}, errors.New("the endpoint's path must have no dot segments")
	}
	return endpoint, nil
}

func (e Endpoint) String() string {
	return e.url.String()
}

// TokenURL is where tokens of a provider are vended.
func (e Endpoint) TokenURL(provider string) string {
	return e.url.String() + "/tokens/" + provider
}

// Contains tells whether a request goes to the vending service. Another stage of the same host, or another service behind
// the same domain, does not belong to it.
func (e Endpoint) Contains(request *http.Request) bool {
	target := request.URL
	if target.Scheme != e.url.Scheme || target.Opaque != "" || origin(target) != e.url.Host {
		return false
	}
	if request.Host != "" && origin(&url.URL{Scheme: target.Scheme, Host: request.Host}) != e.url.Host {
		return false
	}
	return strings.HasPrefix(target.EscapedPath(), e.url.EscapedPath()+"/") && !hasDotSegment(target)
}

// IsSameOriginThroughout looks back along the redirects that http.Client has followed. A token goes to the scheme, host and
// port that the caller asked for and to no other, nor back from one.
func IsSameOriginThroughout(request *http.Request) bool {
	for current := request; current.Response != nil; {
		previous := current.Response.Request
		if previous == nil || previous.URL.Scheme != request.URL.Scheme || origin(previous.URL) != origin(request.URL) {
			return false
		}
		current = previous
	}
	return true
}

var (
	regionInHost = regexp.MustCompile(`(?:^|\.)execute-api(?:-fips)?\.([a-z0-9-]+)\.(?:[a-z0-9-]+\.)*(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws)$`)
	defaultPorts = map[string]string{"http": "80", "https": "443"}
)

// Region is the region in the name of an API Gateway host, or empty.
func (e Endpoint) Region() string {
	if match := regionInHost.FindStringSubmatch(e.url.Hostname()); match != nil {
		return match[1]
	}
	return ""
}

// origin is host and port in one spelling: lower case, no default port.
func origin(target *url.URL) string {
	host := strings.ToLower(target.Hostname())
	port := target.Port()
	if port != "" && port != defaultPorts[target.Scheme] {
		return net.JoinHostPort(host, port)
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// hasDotSegment finds `.` and `..`, however escaped: a server that resolves them would serve another path than the one
// that was compared here.
func hasDotSegment(target *url.URL) bool {
	for segment := range strings.SplitSeq(target.Path, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

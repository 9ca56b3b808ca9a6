package service

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// maxRequestBytes bounds what is read into memory in order to sign it. The service refuses more than 8 KiB.
const maxRequestBytes = 64 << 10

// SigningTransport signs what goes to the vending endpoint, and nothing else.
type SigningTransport struct {
	Endpoint Endpoint
	Signer   *Signer
	Base     http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *SigningTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if isRedirect(request) {
		// The answer of the vending endpoint carries a token: where it points is not where the caller wanted to go.
		if t.Endpoint.Contains(request.Response.Request) {
			closeBody(request)
			return nil, errors.New("the vending endpoint redirects, which is not followed")
		}
		// A server that redirects to the vending endpoint must not get a request signed by the caller.
		return t.Base.RoundTrip(request)
	}
	if !t.Endpoint.Contains(request) {
		return t.Base.RoundTrip(request)
	}
	body, err := readBody(request)
	if err != nil {
		return nil, err
	}
	return t.send(request, body)
}

// send signs, and signs once more where the answer shows that the clock is off.
func (t *SigningTransport) send(request *http.Request, body []byte) (*http.Response, error) {
	for isSecond := false; ; isSecond = true {
		attempt := withBody(request, body)
		signedAt, err := t.Signer.Sign(request.Context(), attempt, body)
		if err != nil {
			return nil, err
		}
		response, err := t.Base.RoundTrip(attempt)
		if err != nil {
			return nil, err
		}
		if isSecond || !t.Signer.CorrectClock(response, signedAt) {
			// The request as it was asked for: what was signed is nobody's to print.
			response.Request = request
			return response, nil
		}
		Discard(response)
	}
}

// isRedirect tells whether http.Client made this request in order to follow a redirect.
func isRedirect(request *http.Request) bool {
	return request.Response != nil && request.Response.Request != nil
}

func withBody(request *http.Request, body []byte) *http.Request {
	attempt := request.Clone(request.Context())
	if attempt.Header == nil {
		attempt.Header = http.Header{}
	}
	attempt.Body, attempt.GetBody, attempt.ContentLength, attempt.TransferEncoding = nil, nil, 0, nil
	if len(body) > 0 {
		attempt.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		attempt.Body, _ = attempt.GetBody()
		attempt.ContentLength = int64(len(body))
	}
	return attempt
}

func readBody(request *http.Request) ([]byte, error) {
	if request.Body == nil {
		return nil, nil
	}
	defer request.Body.Close()
	body, err := io.ReadAll(io.LimitReader(request.Body, maxRequestBytes+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxRequestBytes {
		return nil, errors.New("the body of a request to the vending endpoint is too large to sign")
	}
	return body, nil
}

func closeBody(request *http.Request) {
	if request.Body != nil {
		request.Body.Close()
	}
}

// Discard gives an answer's connection back for the next request, unless there is too much to read.
func Discard(response *http.Response) {
	_, _ = io.CopyN(io.Discard, response.Body, maxResponseBytes)
	response.Body.Close()
}

package vending

import (
	"fmt"
	"strings"
	"time"

	"token-vending.example/vending/internal/service"
)

// Error is why there is no token. errors.Is also finds what caused it, such as context.Canceled.
type Error struct {
	// Provider is whose token was wanted; empty in an error of New.
	Provider string
	// Status is the HTTP status of the service's answer, or 0 where there was none.
	Status int
	// Code is a stable word: the service's own, such as "unknown_provider", or "network_error", "timeout",
	// "invalid_response", "invalid_request" or "no_credentials" where it said nothing. It is empty where the answer
	// named none.
	Code string
	// Description says what went wrong, for people.
	Description string
	// RequestID is API Gateway's id of the request (x-amzn-requestid, of an HTTP API apigw-requestid).
	RequestID string
	// RetryAfter is how long the service wants to be left alone, or 0.
	RetryAfter time.Duration

	cause error
}

// Error implements error. It holds no token and no credentials.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString("vending: ")
	if e.Provider != "" {
		fmt.Fprintf(&text, "%q: ", e.Provider)
	}
	if e.Status != 0 {
		fmt.Fprintf(&text, "%d ", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&text, "%s: ", e.Code)
	}
	text.WriteString(e.Description)
	if e.cause != nil {
		fmt.Fprintf(&text, ": %v", e.cause)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&text, " (retry after %s)", e.RetryAfter)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&text, " (request %s)", e.RequestID)
	}
	return text.String()
}

// Unwrap gives the cause, such as a network error.
func (e *Error) Unwrap() error { return e.cause }

func newError(provider string, failure *service.Failure) *Error {
	return &Error{
		Provider:    provider,
		Status:      failure.Status,
		Code:        failure.Code,
		Description: failure.Description,
		RequestID:   failure.RequestID,
		RetryAfter:  failure.RetryAfter,
		cause:       failure.Cause,
	}
}

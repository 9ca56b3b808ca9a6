package service

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	maxDescriptionRunes = 300
	// The codes and ids of the service are short. Anything else is somebody else's text.
	shortWord = `^[A-Za-z0-9_.:/=+-]{1,128}$`
)

// Codes of failures for which the service has none.
const (
	NetworkError    = "network_error"
	InvalidResponse = "invalid_response"
	NoCredentials   = "no_credentials"
	InvalidRequest  = "invalid_request"
)

// Failure is a request to the vending service that brought no token.
type Failure struct {
	// Status is 0 where there was no answer.
	Status      int
	Code        string
	Description string
	RequestID   string
	RetryAfter  time.Duration
	Cause       error
}

var isShortWord = regexp.MustCompile(shortWord).MatchString

// refusal reads an error of the service (RFC 6749, 5.2), of API Gateway (`message`, sometimes `Message`), or of
// any other server that answers there.
func refusal(response *http.Response, body []byte) *Failure {
	// encoding/json matches names in any case.
	var said struct {
		Error            any `json:"error"`
		ErrorDescription any `json:"error_description"`
		Message          any `json:"message"`
	}
	_ = json.Unmarshal(body, &said)
	failure := &Failure{
		Status:      response.StatusCode,
		Code:        word(text(said.Error)),
		Description: plain(text(said.ErrorDescription)),
		RequestID:   word(requestID(response.Header)),
		RetryAfter:  retryAfter(response.Header),
	}
	if failure.Description == "" {
		failure.Description = plain(text(said.Message))
	}
	switch {
	case response.StatusCode >= 300 && response.StatusCode < 400:
		failure.Code, failure.Description = InvalidResponse, "the vending endpoint redirects, which is not followed"
	case response.StatusCode < 300:
		failure.Code, failure.Description = InvalidResponse, "the answer is not a token"
	case failure.Description == "":
		failure.Description = "the vending endpoint gave no reason"
	}
	return failure
}

// requestID reads a REST API's header, or an HTTP API's.
func requestID(header http.Header) string {
	if id := header.Get("X-Amzn-Requestid"); id != "" {
		return id
	}
	return header.Get("Apigw-Requestid")
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3). A date is measured by the answer's own one: the clock here may be
// off.
func retryAfter(header http.Header) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(seconds, 0), int(maxLifetime.Seconds()))) * time.Second
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	answeredAt, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0
	}
	return max(until.Sub(answeredAt), 0)
}

func text(value any) string {
	said, _ := value.(string)
	return said
}

func word(said string) string {
	if isShortWord(said) {
		return said
	}
	return ""
}

// plain keeps the first line only. API Gateway explains a wrong signature by the whole canonical request, in which the
// caller's session token stands.
func plain(said string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	line = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, line)
	if runes := []rune(line); len(runes) > maxDescriptionRunes {
		return string(runes[:maxDescriptionRunes]) + "…"
	}
	return line
}

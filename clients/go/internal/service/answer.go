package service

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// maxResponseBytes bounds what is read of an answer.
	maxResponseBytes = 64 << 10
	// maxLifetime keeps an absurd lifetime from overflowing; the service has the same bound.
	maxLifetime = 30 * 24 * time.Hour
)

// Answer is a vended token.
type Answer struct {
	AccessToken  string
	RefreshToken string
	// Lifetime is zero where the service does not know it: such a token must not be kept.
	Lifetime time.Duration
	// Rejection is the service's word on a report: replaced, unknown or kept.
	Rejection string
	// Fields are the further fields of the answer.
	Fields map[string]any
}

// Fingerprint is the only form in which a token may be reported.
func Fingerprint(accessToken string) string {
	sum := sha256.Sum256([]byte(accessToken))
	return hex.EncodeToString(sum[:])
}

// judge reads an answer. No error repeats what the answer said in place of a token.
func judge(response *http.Response) (*Answer, *Failure) {
	// What is cut off there is no JSON any more.
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponseBytes))
	if response.StatusCode != http.StatusOK {
		return nil, refusal(response, body)
	}
	if err != nil {
		return nil, &Failure{Code: NetworkError, Description: "the answer broke off", Cause: err}
	}
	answer, err := parseAnswer(body)
	if err != nil {
		failure := refusal(response, nil)
		failure.Description += ": " + err.Error()
		return nil, failure
	}
	answer.Rejection = response.Header.Get("X-Token-Rejection")
	return answer, nil
}

func parseAnswer(body []byte) (*Answer, error) {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil || fields == nil {
		return nil, errors.New("it is not a JSON object")
	}
	accessToken, _ := fields["access_token"].(string)
	if accessToken == "" {
		return nil, errors.New("it has no access_token")
	}
	// Anything else would break the header that it is sent in.
	if strings.ContainsFunc(accessToken, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("its access_token has characters that no header may have")
	}
	tokenType, isText := fields["token_type"].(string)
	if fields["token_type"] != nil && (!isText || !strings.EqualFold(tokenType, "Bearer")) {
		return nil, errors.New("its token_type is not Bearer")
	}
	lifetime, err := parseLifetime(fields["expires_in"])
	if err != nil {
		return nil, err
	}
	refreshToken, _ := fields["refresh_token"].(string)
	delete(fields, "access_token")
	return &Answer{AccessToken: accessToken, RefreshToken: refreshToken, Lifetime: lifetime, Fields: fields}, nil
}

// parseLifetime takes seconds, also as text or with a fraction, as some token endpoints write them.
func parseLifetime(value any) (time.Duration, error) {
	seconds := math.NaN()
	switch value := value.(type) {
	case nil:
		return 0, nil
	case float64:
		seconds = value
	case string:
		if parsed, err := strconv.ParseFloat(value, 64); err == nil {
			seconds = parsed
		}
	}
	if !(seconds >= 1) {
		return 0, errors.New("its expires_in is not a number of seconds above zero")
	}
	return time.Duration(min(math.Floor(seconds), maxLifetime.Seconds())) * time.Second, nil
}

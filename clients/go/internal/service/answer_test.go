package service

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestLifetimeIsTakenFromAnyNumberOfSeconds(t *testing.T) {
	for text, want := range map[string]time.Duration{
		`null`: 0, `3600`: time.Hour, `"3600"`: time.Hour, `59.9`: 59 * time.Second, `1`: time.Second, `3.6e3`: time.Hour,
		`1e300`: 30 * 24 * time.Hour, `99999999999999999999`: 30 * 24 * time.Hour, `"Inf"`: 30 * 24 * time.Hour,
	} {
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if got, err := parseLifetime(value); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestRetryAfterIsReadAsSecondsOrDate(t *testing.T) {
	const now = "Fri, 06 Nov 2026 10:00:00 GMT"
	for value, want := range map[string]time.Duration{
		"7": 7 * time.Second, " 7 ": 7 * time.Second, "0": 0, "-1": 0, "": 0, "soon": 0, "1.5": 0,
		"Fri, 06 Nov 2026 10:00:09 GMT": 9 * time.Second, "Fri, 06 Nov 2026 09:00:00 GMT": 0,
		"9223372036854775807": 30 * 24 * time.Hour,
	} {
		header := http.Header{"Retry-After": {value}, "Date": {now}}
		if got := retryAfter(header); got != want {
			t.Errorf("%q: got %v, want %v", value, got, want)
		}
	}
	if got := retryAfter(http.Header{"Retry-After": {now}}); got != 0 {
		t.Errorf("a date without the answer's own: got %v", got)
	}
}

// FuzzParseAnswer looks for an answer that panics, or that puts into a header what no header may have.
func FuzzParseAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"access_token":"a","expires_in":60}`, `{"access_token":"a\u0000"}`, `{"access_token":"ä"}`, `{"expires_in":"1e9999"}`, `nul`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := parseAnswer(body)
		if err != nil {
			return
		}
		if answer.AccessToken == "" || strings.ContainsAny(answer.AccessToken, "\r\n \t\x00") || answer.Lifetime < 0 {
			t.Errorf("%q: got %+v", body, answer)
		}
	})
}

package vending_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"token-vending.example/vending"
	"token-vending.example/vending/internal/vendingtest"
)

func TestError(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"has what the service said":                                 hasWhatTheServiceSaid,
		"has API Gateway's message where there is nothing better":   hasGatewaysMessage,
		"has no session token, though API Gateway's message has it": hidesCanonicalRequest,
		"is made of every hostile answer, and repeats none":         judgesHostileAnswers,
		"says that there are no credentials, and sends nothing":     saysNoCredentials,
		"of a redirect says so, and the redirect is not followed":   doesNotFollowRedirects,
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
}

func TestPrintingShowsNoToken(t *testing.T) {
	synctest.Test(t, printsNoToken)
}

func hasWhatTheServiceSaid(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, failing(failure(503, "temporarily_unavailable", 60)))
	_, err := newClient(t, n, service.Endpoint).Token(t.Context(), "prove")
	got := expectError(t, err)
	want := vending.Error{
		Provider: "prove", Status: 503, Code: "temporarily_unavailable", Description: "because of temporarily_unavailable",
		RequestID: "request-1", RetryAfter: time.Minute,
	}
	if *got != want {
		t.Errorf("got %+v", got)
	}
	const text = `vending: "prove": 503 temporarily_unavailable: because of temporarily_unavailable (retry after 1m0s) (request request-1)`
	if got.Error() != text {
		t.Errorf("got %s", got)
	}
}

func hasGatewaysMessage(t *testing.T) {
	for _, body := range []string{`{"message":"Forbidden"}`, `{"Message":"Forbidden"}`, `{"message":"x","error_description":"Forbidden"}`} {
		n := vendingtest.NewNetwork(t)
		service := vendingtest.NewService(n, failing(func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprint(w, body)
		}))
		_, err := newClient(t, n, service.Endpoint).Token(t.Context(), "prove")
		if got := expectError(t, err); got.Status != 403 || got.Code != "" || got.Description != "Forbidden" {
			t.Errorf("%s: got %+v", body, got)
		}
	}
}

func hidesCanonicalRequest(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	caller, _ := vendingtest.Credentials.Retrieve(t.Context())
	caller.SecretAccessKey = "another"
	wrong := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return caller, nil })
	_, err := newClient(t, n, service.Endpoint, vending.WithCredentials(wrong)).Token(t.Context(), "prove")
	if got := expectError(t, err); got.Status != 403 || !strings.HasPrefix(got.Description, "The request signature we calculated") {
		t.Errorf("got %+v", got)
	}
	if strings.Contains(err.Error(), caller.SessionToken) {
		t.Error("the error shows the session token")
	}
}

func judgesHostileAnswers(t *testing.T) {
	const token = "SECRET-token"
	for _, status := range []int{200, 201, 204, 400, 418, 502} {
		for _, body := range []string{
			``, `null`, `[]`, `"` + token + `"`, `{`, `<html>` + token + `</html>`, `{}`,
			`{"access_token":""}`, `{"access_token":7,"expires_in":60}`, `{"access_token":["` + token + `"]}`,
			`{"access_token":"` + token + `\r\nX-Evil: 1","expires_in":60}`, `{"access_token":"` + token + ` x","expires_in":60}`,
			`{"access_token":"` + token + `","token_type":"mac"}`, `{"access_token":"` + token + `","token_type":1}`,
			`{"access_token":"` + token + `","expires_in":0}`, `{"access_token":"` + token + `","expires_in":-1}`,
			`{"access_token":"` + token + `","expires_in":"soon"}`, `{"access_token":"` + token + `","expires_in":"NaN"}`,
			`{"access_token":"` + token + `","expires_in":"-Inf"}`, `{"access_token":"` + token + `","expires_in":{}}`,
			`{"access_token":"` + token + `","expires_in":true}`, `{"access_token":"` + token + `","expires_in":0.5}`,
			`{"access_token":"` + token + `"} trailing`, `{"error":{"code":1},"error_description":["x"],"message":{}}`,
			`{"error":"a b` + token + `","expires_in":60}`, `{"access_token":"` + strings.Repeat("x", 70<<10) + `"}`,
			strings.Repeat("[", 60<<10),
		} {
			n := vendingtest.NewNetwork(t)
			service := vendingtest.NewService(n, func(w http.ResponseWriter, _ vendingtest.Call) {
				w.WriteHeader(status)
				_, _ = fmt.Fprint(w, body)
			})
			got, err := newClient(t, n, service.Endpoint).Token(t.Context(), "prove")
			if got != nil {
				t.Fatalf("%d %.80s: got a token", status, body)
			}
			code := map[bool]string{true: "invalid_response", false: ""}[status < 400]
			if typed := expectError(t, err); typed.Status != status || typed.Code != code || typed.Description == "" {
				t.Errorf("%d %.80s: got %+v", status, body, typed)
			}
			if shown := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(shown, token) || len(shown) > 1000 {
				t.Errorf("%d %.80s: got %.1000s", status, body, shown)
			}
		}
	}
}

func saysNoCredentials(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	cause := errors.New("no role")
	none := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, cause })
	_, err := newClient(t, n, service.Endpoint, vending.WithCredentials(none)).Token(t.Context(), "prove")
	if got := expectError(t, err); got.Code != "no_credentials" || !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	if n.Dials() != 0 {
		t.Error("a request was sent")
	}
}

func doesNotFollowRedirects(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		n := vendingtest.NewNetwork(t)
		other := vendingtest.NewService(n, vendingTokens(3600))
		service := vendingtest.NewService(n, failing(func(w http.ResponseWriter) {
			w.Header().Set("Location", other.Endpoint+"/tokens/prove")
			w.WriteHeader(status)
		}))
		_, err := newClient(t, n, service.Endpoint).Token(t.Context(), "prove")
		if got := expectError(t, err); got.Status != status || got.Code != "invalid_response" || !strings.Contains(got.Description, "redirects") {
			t.Errorf("got %+v", got)
		}
		if n.Dials() != 1 {
			t.Errorf("%d: the redirect was followed", status)
		}
	}
}

func printsNoToken(t *testing.T) {
	n := vendingtest.NewNetwork(t)
	service := vendingtest.NewService(n, vendingTokens(3600))
	client := newClient(t, n, service.Endpoint)
	expectToken(t, client, "token-1")
	type application struct {
		Public  *vending.Client
		private vending.Client
		more    []any
	}
	things := []any{
		client, *client, client.TokenSource("prove"), client.HTTPClient("prove"), client.HTTPClient("prove").Transport,
		client.Transport(nil), application{client, *client, []any{client}}, &application{client, *client, nil},
		map[string]any{"c": client}, []*vending.Client{client},
	}
	for _, thing := range things {
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "thing", thing)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "thing", thing)
		encoded, _ := json.Marshal(thing)
		text := fmt.Sprintf("%v %+v %#v %s %q %s %s", thing, thing, thing, thing, thing, encoded, log.String())
		if isSecret(text) {
			t.Errorf("%T shows a secret: %s", thing, text)
		}
	}
	for _, thing := range things {
		if path := findSecret(reflect.ValueOf(thing), map[uintptr]bool{}); path != "" {
			t.Errorf("%T can be looked into: %s", thing, path)
		}
	}
	if got, want := fmt.Sprintf("%v %#v", client, client), "vending.Client("+service.Endpoint+")"; got != want+" "+want {
		t.Errorf("got %s", got)
	}
}

func isSecret(text string) bool {
	return strings.Contains(text, "token-1") || strings.Contains(text, "wJalrXUtnFEMI") || strings.Contains(text, "FwoGZXIvYXdzE")
}

// findSecret follows every pointer and field, as pretty-printers do.
func findSecret(v reflect.Value, seen map[uintptr]bool) string {
	switch v.Kind() {
	case reflect.String:
		if isSecret(v.String()) {
			return " = " + v.String()
		}
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return ""
		}
		seen[v.Pointer()] = true
		return findSecret(v.Elem(), seen)
	case reflect.Interface:
		return findSecret(v.Elem(), seen)
	case reflect.Struct:
		for i := range v.NumField() {
			if path := findSecret(v.Field(i), seen); path != "" {
				return "." + v.Type().Field(i).Name + path
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if path := findSecret(v.Index(i), seen); path != "" {
				return "[]" + path
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if path := findSecret(v.MapIndex(key), seen); path != "" {
				return "[…]" + path
			}
		}
	}
	return ""
}

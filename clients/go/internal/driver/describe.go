package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"token-vending.example/vending"
)

// describe makes one of the results of test/clients/README.md.
func (d *driver) describe(value any, err error) any {
	if errors.Is(err, context.Canceled) {
		return map[string]any{"cancelled": true}
	}
	if err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.lastError = err
		return map[string]any{"error": describeError(err)}
	}
	if token, isToken := value.(*oauth2.Token); isToken {
		return describeToken(token)
	}
	return describeAnswer(value.(answer))
}

func describeToken(token *oauth2.Token) map[string]any {
	sum := sha256.Sum256([]byte(token.AccessToken))
	var expiresAt any
	if !token.Expiry.IsZero() {
		expiresAt = token.Expiry.UTC().Format(time.RFC3339Nano)
	}
	return map[string]any{
		"sha256":    hex.EncodeToString(sum[:]),
		"tokenType": token.TokenType,
		"expiresAt": expiresAt,
		"scope":     token.Extra("scope"),
	}
}

func describeAnswer(a answer) map[string]any {
	headers := map[string]string{}
	for name, values := range a.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return map[string]any{"status": a.StatusCode, "headers": headers, "body": a.body}
}

func describeError(err error) map[string]any {
	described := map[string]any{
		"type": fmt.Sprintf("%T", err), "status": nil, "error": nil, "description": nil, "requestId": nil,
		"retryAfterSeconds": nil, "text": printed(err),
	}
	var typed *vending.Error
	if !errors.As(err, &typed) {
		return described
	}
	described["type"] = fmt.Sprintf("%T", typed)
	described["description"] = typed.Description
	if typed.Status != 0 {
		described["status"] = typed.Status
	}
	if typed.Code != "" {
		described["error"] = typed.Code
	}
	if typed.RequestID != "" {
		described["requestId"] = typed.RequestID
	}
	if typed.RetryAfter > 0 {
		described["retryAfterSeconds"] = typed.RetryAfter.Seconds()
	}
	return described
}

// inspect prints all of the client's own types. A token is x/oauth2's *oauth2.Token, which shows itself; it is left out.
func (d *driver) inspect() string {
	client := d.current()
	d.mu.Lock()
	defer d.mu.Unlock()
	things := []any{
		client, *client, client.HTTPClient("prove"), client.HTTPClient("prove").Transport, client.TokenSource("prove"),
		client.Transport(nil), d.lastError,
	}
	var text strings.Builder
	for _, thing := range things {
		text.WriteString(printed(thing))
	}
	return text.String()
}

func printed(thing any) string {
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("printed", "thing", thing)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("printed", "thing", thing)
	encoded, _ := json.Marshal(thing)
	return fmt.Sprintf("%v\n%+v\n%#v\n%s\n%q\n%s\n%s\n", thing, thing, thing, thing, thing, encoded, log.String())
}

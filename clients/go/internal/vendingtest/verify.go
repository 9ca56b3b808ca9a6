package vendingtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

var authorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^,]+, SignedHeaders=([^,]+), Signature=[0-9a-f]{64}$`)

// verify computes a request's signature from what arrived, over the headers that the caller says it signed. It returns API
// Gateway's complaint, or nothing.
func verify(r *http.Request, now time.Time) (complaint string) {
	match := authorization.FindStringSubmatch(r.Header.Get("Authorization"))
	if match == nil {
		return "Missing Authentication Token"
	}
	signedAt, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		return err.Error()
	}
	if now.Sub(signedAt).Abs() > 5*time.Minute {
		return fmt.Sprintf("Signature expired: %s is now earlier than %s", signedAt, now)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err.Error()
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	caller, _ := Credentials.Retrieve(context.Background())
	expected, err := signature(r, strings.Split(match[1], ";"), body, signedAt, caller)
	if err != nil {
		return err.Error()
	}
	if expected != r.Header.Get("Authorization") {
		// API Gateway adds the canonical request, session token and all.
		return "The request signature we calculated does not match the signature you provided.\n\nx-amz-security-token:" + caller.SessionToken
	}
	return ""
}

func signature(r *http.Request, names []string, body []byte, at time.Time, caller aws.Credentials) (string, error) {
	target, err := url.ParseRequestURI(r.RequestURI)
	if err != nil {
		return "", err
	}
	target.Host = r.Host
	again := &http.Request{Method: r.Method, URL: target, Host: r.Host, Header: http.Header{}}
	for _, name := range names {
		if name == "content-length" {
			again.ContentLength = r.ContentLength
		} else if values := r.Header.Values(name); name != "host" {
			again.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	hash := sha256.Sum256(body)
	err = v4.NewSigner().SignHTTP(context.Background(), caller, again, hex.EncodeToString(hash[:]), "execute-api", Region, at)
	return again.Header.Get("Authorization"), err
}

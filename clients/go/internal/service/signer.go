package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"token-vending.example/vending/internal/settings"
)

// maxSkew is how far a clock may be off before a refusal is blamed on it. AWS accepts signatures within five minutes.
const maxSkew = 4 * time.Minute

// Signer signs requests to the vending service with the caller's AWS identity.
type Signer struct {
	credentials aws.CredentialsProvider
	region      string
	clock       settings.Clock
	v4          *v4.Signer
	// offset, in nanoseconds, is what the wall clock here lacks to the vending service's.
	offset atomic.Int64
}

// NewSigner makes a signer. It reads no credentials until the first request.
func NewSigner(credentials aws.CredentialsProvider, region string, clock settings.Clock) *Signer {
	return &Signer{credentials: aws.NewCredentialsCache(credentials), region: region, clock: clock, v4: v4.NewSigner()}
}

// credentialsError tells a failure to obtain AWS credentials from one of the network.
type credentialsError struct{ cause error }

func (e *credentialsError) Error() string { return "no AWS credentials: " + e.cause.Error() }
func (e *credentialsError) Unwrap() error { return e.cause }

// Sign puts the signature's headers on a request and says with which time. Only the host, the content type and what AWS
// reads are signed: a proxy or a tracer on the way may touch the rest.
func (s *Signer) Sign(ctx context.Context, request *http.Request, body []byte) (time.Time, error) {
	credentials, err := s.credentials.Retrieve(ctx)
	if err != nil {
		return time.Time{}, &credentialsError{err}
	}
	signedAt := s.clock().Wall.Add(time.Duration(s.offset.Load())).UTC()
	hash := sha256.Sum256(body)
	signed := &http.Request{Method: request.Method, URL: request.URL, Host: request.Host, Header: http.Header{}}
	if contentType := request.Header.Get("Content-Type"); contentType != "" {
		signed.Header.Set("Content-Type", contentType)
	}
	err = s.v4.SignHTTP(ctx, credentials, signed, hex.EncodeToString(hash[:]), "execute-api", s.region, signedAt)
	if err != nil {
		return time.Time{}, err
	}
	request.Host = signed.Host
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token"} {
		request.Header.Del(name)
		if value := signed.Header.Get(name); value != "" {
			request.Header.Set(name, value)
		}
	}
	return signedAt, nil
}

// CorrectClock looks at the date of a refusal. If the signature was dated far from it, the difference is kept for every
// later signature, and it is worth signing once more.
func (s *Signer) CorrectClock(response *http.Response, signedAt time.Time) bool {
	if response.StatusCode != http.StatusForbidden {
		return false
	}
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil || date.Sub(signedAt).Abs() <= maxSkew {
		return false
	}
	// Not the difference to signedAt: a request that was held up before it was sent (a frozen Lambda) proves nothing
	// against the clock.
	s.offset.Store(int64(date.Sub(s.clock().Wall)))
	return true
}

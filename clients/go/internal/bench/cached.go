// Command bench measures what a token in memory costs, beside x/oauth2's ReuseTokenSource, and prints JSON.
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"golang.org/x/oauth2"

	"token-vending.example/vending"
)

// way is one way to a token in memory.
type way struct {
	name  string
	token func() (*oauth2.Token, error)
}

// ways are compared. The client's are filled from a service on loopback, as in real use.
func ways() ([]way, func(), error) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"access_token":"of-a-benchmark","token_type":"Bearer","expires_in":86400}`)
	}))
	ctx := context.Background()
	client, err := vending.New(ctx, service.URL+"/v1", vending.WithRegion("us-east-1"),
		vending.WithCredentials(credentials.NewStaticCredentialsProvider("AKIABENCH", "unused", "")))
	if err != nil {
		service.Close()
		return nil, nil, err
	}
	fixed := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "of-a-benchmark", Expiry: time.Now().Add(24 * time.Hour)})
	return []way{
		{"vending Client.Token", func() (*oauth2.Token, error) { return client.Token(ctx, "prove") }},
		{"vending TokenSource", client.TokenSource("prove").Token},
		{"x/oauth2 ReuseTokenSource", oauth2.ReuseTokenSource(nil, fixed).Token},
	}, service.Close, nil
}

func (w way) alone(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.token(); err != nil {
			b.Fatal(err)
		}
	}
}

func (w way) parallel(b *testing.B) {
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := w.token(); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

package vending_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"token-vending.example/vending"
)

func Example() {
	ctx := context.Background()
	client, err := vending.New(ctx, "") // endpoint: TOKEN_VENDING_ENDPOINT; credentials: the AWS SDK's
	if err != nil {
		panic(err)
	}
	prove := client.HTTPClient("prove") // an *http.Client whose requests carry a token
	response, err := prove.Get("https://platform.uat.proveapis.com/v3/domain/id")
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
}

func ExampleNew() {
	ctx := context.Background()
	client, err := vending.New(ctx, "https://abc123.execute-api.eu-west-1.amazonaws.com/v1")
	if err != nil {
		panic(err)
	}
	fmt.Println(client)
}

func ExampleClient_Token() {
	ctx, client := context.Background(), &vending.Client{}
	token, err := client.Token(ctx, "prove", vending.WithScopes("read"), vending.WithMinTTL(5*time.Minute))
	var failure *vending.Error
	if errors.As(err, &failure) && failure.Code == "temporarily_unavailable" {
		fmt.Println("try again in", failure.RetryAfter)
	}
	if err == nil {
		fmt.Println("a token until", token.Expiry)
	}
}

func ExampleClient_TokenSource() {
	client, otherTransport := &vending.Client{}, http.DefaultTransport
	api := &http.Client{Transport: &oauth2.Transport{Source: client.TokenSource("prove"), Base: otherTransport}}
	fmt.Println(api.Timeout)
}

func ExampleClient_Transport() {
	ctx, client, endpoint := context.Background(), &vending.Client{}, "https://abc123.execute-api.eu-west-1.amazonaws.com/v1"
	signing := &http.Client{Transport: client.Transport(nil)}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, signing)
	library := clientcredentials.Config{
		ClientID: "prove", ClientSecret: "unused", // the service ignores both
		TokenURL:  endpoint + "/tokens/prove",
		AuthStyle: oauth2.AuthStyleInParams, // else a failure is tried again with the other style
	}
	api := library.Client(ctx)
	fmt.Println(api.Timeout)
}

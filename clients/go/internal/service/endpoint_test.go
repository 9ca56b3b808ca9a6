package service

import (
	"net/http"
	"testing"
)

func TestRegionIsReadFromAPIGatewaysHostNamesOnly(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://abc123.execute-api.eu-west-1.amazonaws.com/v1":                  "eu-west-1",
		"https://ABC123.Execute-API.eu-west-1.amazonaws.com:443/v1":              "eu-west-1",
		"https://abc123.execute-api.cn-north-1.amazonaws.com.cn/v1":              "cn-north-1",
		"https://abc123-vpce-0a1b.execute-api.us-gov-west-1.amazonaws.com/v1":    "us-gov-west-1",
		"https://vpce-0a1b-x.execute-api.us-east-1.vpce.amazonaws.com/v1":        "us-east-1",
		"https://abc123.execute-api.us-east-1.api.aws/v1":                        "us-east-1",
		"https://abc123.execute-api.localhost.localstack.cloud/v1":               "",
		"https://abc123.execute-api.eu-west-1.amazonaws.com.evil.example/v1":     "",
		"https://vending.example.com/abc123.execute-api.eu-west-1.amazonaws.com": "",
		"https://execute-api-eu-west-1.example.com/v1":                           "",
		"http://127.0.0.1:8787/v1":                                               "",
	} {
		parsed, err := ParseEndpoint(endpoint)
		if err != nil {
			t.Fatal(err)
		}
		if got := parsed.Region(); got != want {
			t.Errorf("%s: got %q, want %q", endpoint, got, want)
		}
	}
}

func TestEndpointContainsItsOwnPathsOnly(t *testing.T) {
	for endpoint, targets := range map[string]map[string]bool{
		"https://Vending.example.com:443/v1/": {
			"https://vending.example.com/v1/tokens/prove":           true,
			"https://vending.example.com:443/v1/tokens/prove":       true,
			"https://VENDING.example.com/v1/health":                 true,
			"https://vending.example.com./v1/tokens/prove":          false,
			"https://vending.example.com/v1":                        false,
			"https://vending.example.com/v12/tokens/prove":          false,
			"https://vending.example.com/v1%2Ftokens":               false,
			"https://vending.example.com/v2/tokens/prove":           false,
			"https://vending.example.com/v1/../v2/tokens":           false,
			"https://vending.example.com/v1/%2E%2e/v2/tokens":       false,
			"https://vending.example.com/v1/x%2f..%2f..%2fv2":       false,
			"https://vending.example.com:8443/v1/tokens/prove":      false,
			"http://vending.example.com/v1/tokens/prove":            false,
			"https://vending.example.com.evil.example/v1/tokens":    false,
			"https://vending.example.com@evil.example/v1/tokens":    false,
			"https://evil.example/https://vending.example.com/v1/x": false,
		},
		"http://127.0.0.1:8787": {
			"http://127.0.0.1:8787/tokens/prove": true,
			"http://127.0.0.1/tokens/prove":      false,
			"http://localhost:8787/tokens/prove": false,
		},
		"http://[::1]/v1": {
			"http://[::1]:80/v1/tokens/prove": true,
			"http://[::2]/v1/tokens/prove":    false,
		},
	} {
		parsed, err := ParseEndpoint(endpoint)
		if err != nil {
			t.Fatal(err)
		}
		for target, want := range targets {
			request, err := http.NewRequest(http.MethodPost, target, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := parsed.Contains(request); got != want {
				t.Errorf("%s in %s: got %v, want %v", target, endpoint, got, want)
			}
		}
	}
}

func TestEndpointDoesNotContainARequestForAnotherHost(t *testing.T) {
	parsed, _ := ParseEndpoint("https://vending.example.com/v1")
	request, _ := http.NewRequest(http.MethodPost, "https://vending.example.com/v1/tokens/prove", nil)
	request.Host = "other.example.com"
	if parsed.Contains(request) {
		t.Error("it does")
	}
}

// Package settings holds what an application, or this module's own driver and tests, may set on a client.
package settings

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Settings are what the options of vending.New fill in. Options are functions over this internal type, so that the driver
// and the tests can also set what is no application's business: the clock, and how background work is started.
type Settings struct {
	Region      string
	Credentials aws.CredentialsProvider
	// HTTP carries the requests to the vending endpoint and those to the providers' APIs.
	HTTP  *http.Client
	Clock Clock
	// Go starts what outlives the call that needed it: a request to the vending endpoint.
	Go func(func())
}

// Default is what a client has before any option.
func Default() Settings {
	return Settings{
		HTTP:  &http.Client{},
		Clock: SystemClock(),
		Go:    func(run func()) { go run() },
	}
}

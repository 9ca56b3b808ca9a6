package vending

import (
	"math/rand/v2"
	"net/http"
	"time"

	"token-vending.example/vending/internal/service"
)

// retryKind is a reason to ask again. A caller asks again at most once for each.
type retryKind int

const (
	noRetry retryKind = iota
	// asTold: the service said when.
	asTold
	// soon: the request was lost, or the service failed.
	soon
)

const (
	minPause = 100 * time.Millisecond
	maxPause = 300 * time.Millisecond
)

// retry says when it is worth asking again after a failure.
type retry struct {
	kind retryKind
	at   time.Time
}

func retryOf(failure *service.Failure) retry {
	isPause := failure.Status == http.StatusServiceUnavailable || failure.Status == http.StatusTooManyRequests
	switch {
	case failure.Code == "provider_rejected_credentials":
		return retry{}
	case isPause && failure.RetryAfter > 0:
		return retry{asTold, time.Now().Add(failure.RetryAfter)}
	case failure.Code == service.NetworkError, failure.Status >= 500:
		return retry{soon, time.Now().Add(minPause + rand.N(maxPause-minPause))}
	default:
		return retry{}
	}
}

package vending

import (
	"time"

	"golang.org/x/oauth2"

	"token-vending.example/vending/internal/service"
	"token-vending.example/vending/internal/settings"
)

const (
	// Tokens of longTokens or more are renewed at least minMargin before their end.
	longTokens = 5 * time.Minute
	minMargin  = time.Minute
)

// held is a token as it was vended.
type held struct {
	token       oauth2.Token
	fingerprint string
	// lifetime counts from before the request was sent. It is 0 where nobody knows it.
	lifetime time.Duration
	from     settings.Reading
	// rejection is what the service said to a report.
	rejection string
}

func newHeld(answer *service.Answer, from settings.Reading) *held {
	token := oauth2.Token{
		AccessToken:  answer.AccessToken,
		TokenType:    "Bearer",
		RefreshToken: answer.RefreshToken,
	}
	if answer.Lifetime > 0 {
		token.Expiry = from.Wall.Add(answer.Lifetime)
	}
	return &held{
		token:       *token.WithExtra(answer.Fields),
		fingerprint: service.Fingerprint(answer.AccessToken),
		lifetime:    answer.Lifetime,
		from:        from,
		rejection:   answer.Rejection,
	}
}

// copy is what a caller gets. Callers must not share one token: oauth2.ReuseTokenSource writes to what it is given.
func (h *held) copy() *oauth2.Token {
	token := h.token
	return &token
}

// remaining is 0 or less for a token that must not be used, and for none.
func (h *held) remaining(now settings.Reading) time.Duration {
	if h == nil {
		return 0
	}
	return h.lifetime - now.Since(h.from)
}

// refreshIsDue says whether so much of the token's life has passed that it should be renewed.
func (h *held) refreshIsDue(now settings.Reading) bool {
	margin := h.lifetime / 10
	if h.lifetime >= longTokens {
		margin = max(margin, minMargin)
	}
	return h.remaining(now) <= margin
}

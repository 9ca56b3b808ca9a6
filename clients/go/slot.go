package vending

import (
	"time"

	"token-vending.example/vending/internal/settings"
)

// kept is the service's word for a reported token that stays, since no other is to be had yet.
const kept = "kept"

const (
	minBackOff = time.Second
	maxBackOff = 30 * time.Second
	// How long the outcome of a report stands for all who met the same token. The service heeds no second report of a token
	// within 10 s. A token that was replaced can be in an answer that is still on its way.
	afterReplaced = attemptBudget
	afterKept     = 10 * time.Second
	afterFailed   = time.Second
	// The service heeds one wish for a longer life in this time.
	minTTLPause = 30 * time.Second
)

// slot is all that is known of one provider and scope set. The core's mutex guards it.
type slot struct {
	held    *held
	flights map[wanted]*flight
	reports map[string]report
	// A refresh that brings nothing is not tried again before a time that doubles.
	failedRefreshes int
	noRefreshBefore time.Duration
	// After a wish for a longer life that brought none, the token held has to do until then.
	noWishBefore time.Duration
}

// report is the outcome of reporting a token: another one, or none.
type report struct {
	until       time.Duration
	replacement *held
}

func newSlot() *slot {
	return &slot{flights: map[wanted]*flight{}, reports: map[string]report{}}
}

// find looks for a token in memory that will do.
func (s *slot) find(want wanted, now settings.Reading) *held {
	left := s.held.remaining(now)
	isTooShort := left < want.minTTL && now.Age >= s.noWishBefore
	if left <= 0 || isTooShort || s.held.fingerprint == want.rejected {
		return nil
	}
	return s.held
}

// adopt takes in a token that was vended, and returns the one that callers get.
func (s *slot) adopt(want wanted, got *held, now settings.Reading) *held {
	if want.rejected != "" {
		return s.adoptReplacement(want.rejected, got, now)
	}
	if s.held.remaining(now) > 0 && !s.improves(got, now) {
		if want.minTTL > 0 {
			s.noWishBefore = now.Age + minTTLPause
		} else {
			s.backOff(now, 0)
		}
		return s.held
	}
	s.keep(got)
	return got
}

// improves says whether a token is better than the valid one that is held. It is not where it ends earlier (the service has
// several instances), or where it was reported while this answer was on its way.
func (s *slot) improves(got *held, now settings.Reading) bool {
	_, wasReported := s.reported(got.fingerprint, now)
	if wasReported && got.fingerprint != s.held.fingerprint {
		return false
	}
	return got.remaining(now) > s.held.remaining(now)
}

// adoptReplacement returns nil where the service has no other token.
func (s *slot) adoptReplacement(rejected string, got *held, now settings.Reading) *held {
	if got.rejection == kept || got.fingerprint == rejected {
		s.remember(rejected, nil, afterKept, now)
		return nil
	}
	if newer, _ := s.reported(got.fingerprint, now); newer != nil {
		// What the service had for this report was refused meanwhile, and replaced itself.
		s.remember(rejected, newer, afterReplaced, now)
		return newer
	}
	s.remember(rejected, got, afterReplaced, now)
	s.keep(got)
	return got
}

// keep holds a token. One whose lifetime nobody knows is never found again.
func (s *slot) keep(got *held) {
	s.held, s.failedRefreshes, s.noRefreshBefore, s.noWishBefore = got, 0, 0, 0
}

// fail notes that a request brought no token.
func (s *slot) fail(want wanted, err *Error, now settings.Reading) {
	if want.rejected != "" {
		s.remember(want.rejected, nil, afterFailed, now)
		return
	}
	if want.minTTL == 0 && s.held.remaining(now) > 0 {
		s.backOff(now, err.RetryAfter)
	}
}

func (s *slot) backOff(now settings.Reading, retryAfter time.Duration) {
	// Five doublings pass the bound.
	wait := min(minBackOff<<min(s.failedRefreshes, 5), maxBackOff)
	s.failedRefreshes++
	s.noRefreshBefore = now.Age + max(wait, min(retryAfter, maxBackOff))
}

// refreshIsDue says whether a refresh should be started now.
func (s *slot) refreshIsDue(key key, now settings.Reading) bool {
	return s.held.refreshIsDue(now) && now.Age >= s.noRefreshBefore && !s.flights[wanted{key: key}].isActive()
}

func (s *slot) remember(rejected string, replacement *held, life time.Duration, now settings.Reading) {
	for fingerprint, known := range s.reports {
		if now.Age >= known.until {
			delete(s.reports, fingerprint)
		}
	}
	s.reports[rejected] = report{now.Age + life, replacement}
}

// reported gives the outcome of an earlier report, while it stands.
func (s *slot) reported(rejected string, now settings.Reading) (replacement *held, isKnown bool) {
	known, isKnown := s.reports[rejected]
	if !isKnown || now.Age >= known.until {
		return nil, false
	}
	replacement = known.replacement
	if replacement != nil && replacement.lifetime > 0 && replacement.remaining(now) <= 0 {
		return nil, false
	}
	return replacement, true
}

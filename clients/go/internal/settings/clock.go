package settings

import "time"

// Reading is one look at both clocks.
type Reading struct {
	// Wall dates signatures and expiries. It can be wrong, and can be set back.
	Wall time.Time
	// Age only ever grows, but stands still while the machine sleeps.
	Age time.Duration
}

// Since is how much time has passed between two readings. It is the longer of what the two clocks say: the wall clock knows
// of a sleep, the other one of a wall clock that was set back. A token taken for older than it is costs one request.
func (r Reading) Since(earlier Reading) time.Duration {
	return max(r.Age-earlier.Age, r.Wall.Sub(earlier.Wall))
}

// Clock reads both clocks.
type Clock func() Reading

// SystemClock reads the machine's clocks.
func SystemClock() Clock {
	start := time.Now()
	return func() Reading {
		now := time.Now()
		// Round strips the monotonic reading: the wall clock must be allowed to jump.
		return Reading{Wall: now.Round(0), Age: now.Sub(start)}
	}
}

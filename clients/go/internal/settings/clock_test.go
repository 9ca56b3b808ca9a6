package settings

import "testing"

// time.Time.Sub prefers the monotonic clock, which stands still while the machine sleeps.
func TestWallClockHasNoMonotonicReading(t *testing.T) {
	if wall := SystemClock()().Wall; wall != wall.Round(0) {
		t.Errorf("got %v", wall)
	}
}

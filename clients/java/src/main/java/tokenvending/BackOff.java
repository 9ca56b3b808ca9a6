package tokenvending;

import java.time.Duration;
import tokenvending.Time.Moment;

/** How long no refresh is tried after so many failures in a row: 1, 2, 4, … 30 s, or as long as the service asks for. */
record BackOff(int failures, Moment since, Duration pause) {
  private static final int MAX_SECONDS = 30;

  /** @param previous null for the first failure */
  static BackOff after(BackOff previous, Integer retryAfterSeconds, Time time) {
    int failures = previous == null ? 0 : previous.failures + 1;
    int seconds = Math.min(MAX_SECONDS, 1 << Math.min(failures, 5));
    if (retryAfterSeconds != null) seconds = Math.max(seconds, retryAfterSeconds);
    return new BackOff(failures, time.now(), Duration.ofSeconds(seconds));
  }

  boolean isOver(Time time) {
    return time.since(since).compareTo(pause) >= 0;
  }
}

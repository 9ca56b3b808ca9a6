package tokenvending;

import java.time.Duration;
import tokenvending.Time.Moment;

/** How long one caller waits. */
final class Deadline {
  private final Time time;
  private final Moment start;
  private final Duration timeout;

  Deadline(Time time, Duration timeout) {
    this.time = time;
    this.start = time.now();
    this.timeout = timeout;
  }

  /** Zero when it is over. */
  Duration left() {
    Duration left = timeout.minus(time.since(start));
    return left.isNegative() ? Duration.ZERO : left;
  }

  boolean outlasts(Duration wait) {
    return left().compareTo(wait) > 0;
  }
}

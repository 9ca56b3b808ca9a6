package tokenvending;

import java.time.Duration;

/** How long one caller, or one request, may take: by the clock that nobody sets. */
final class Deadline {
  /** More than anybody waits, and within what timers can do. */
  private static final Duration MAX = Duration.ofDays(1);

  private final Time time;
  private final long startNanos;
  private final Duration timeout;

  Deadline(Time time, Duration timeout) {
    this.time = time;
    this.startNanos = time.nanos();
    this.timeout = timeout.compareTo(MAX) > 0 ? MAX : timeout;
  }

  /** Zero when it is over. */
  Duration left() {
    Duration left = timeout.minusNanos(time.nanos() - startNanos);
    return left.isNegative() ? Duration.ZERO : left;
  }

  boolean outlasts(Duration wait) {
    return left().compareTo(wait) > 0;
  }
}

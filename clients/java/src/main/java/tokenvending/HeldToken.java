package tokenvending;

import java.time.Duration;

/** A token that is kept for the life that its answer gave it. */
record HeldToken(VendingAnswer answer, Duration refreshWindow) {
  private static final Duration LONG_LIVED = Duration.ofMinutes(5);
  private static final Duration LEAST_WINDOW_OF_LONG_LIVED = Duration.ofSeconds(60);

  /** The last tenth of its life is for refreshing it, and at least a minute where it lives for five or more. */
  static HeldToken of(VendingAnswer answer) {
    Duration lifetime = answer.lifetime();
    Duration tenth = lifetime.dividedBy(10);
    boolean needsMore =
        lifetime.compareTo(LONG_LIVED) >= 0 && tenth.compareTo(LEAST_WINDOW_OF_LONG_LIVED) < 0;
    return new HeldToken(answer, needsMore ? LEAST_WINDOW_OF_LONG_LIVED : tenth);
  }

  Token token() {
    return answer.token();
  }

  /** Not positive once it has expired. */
  Duration left(Time time) {
    return answer.left(time);
  }

  boolean isValid(Time time) {
    Duration left = left(time);
    return !left.isNegative() && !left.isZero();
  }

  /** @param left its life that is left */
  boolean isDue(Duration left) {
    return left.compareTo(refreshWindow) <= 0;
  }
}

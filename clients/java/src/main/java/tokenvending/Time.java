package tokenvending;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Where time comes from; tests bring their own. */
interface Time {
  Time SYSTEM =
      new Time() {
        @Override
        public Instant wall() {
          return Instant.now();
        }

        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public CompletableFuture<Void> after(Duration delay) {
          return new CompletableFuture<Void>().completeOnTimeout(null, delay.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void pause(Duration pause) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        }
      };

  /** Signs requests and dates {@code expiresAt}. May be wrong, and may be set. */
  Instant wall();

  /** For ages: never goes back, but may stand still while the machine sleeps or a Lambda instance is frozen. */
  long nanos();

  /** Completes after the delay. Whoever no longer waits cancels it. */
  CompletableFuture<Void> after(Duration delay);

  void pause(Duration pause) throws InterruptedException;

  default Moment now() {
    return new Moment(nanos(), wall());
  }

  /**
   * What has gone by since, by whichever clock says more: a token is dropped too early rather than used too late, after
   * a freeze as after a change of the wall clock.
   */
  default Duration since(Moment moment) {
    Duration monotonic = Duration.ofNanos(nanos() - moment.nanos());
    Duration wall = Duration.between(moment.wall(), wall());
    return wall.compareTo(monotonic) > 0 ? wall : monotonic;
  }

  record Moment(long nanos, Instant wall) {}
}

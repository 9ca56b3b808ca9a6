package tokenvending;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** The real clocks: the wall clock wrong by so much, the one for ages put forward at will. */
final class ShiftedTime implements Time {
  private final Duration wallOffset;
  private final AtomicLong advancedNanos = new AtomicLong();

  ShiftedTime(long wallOffsetMs) {
    this.wallOffset = Duration.ofMillis(wallOffsetMs);
  }

  void advance(long milliseconds) {
    advancedNanos.addAndGet(Duration.ofMillis(milliseconds).toNanos());
  }

  @Override
  public Instant wall() {
    return SYSTEM.wall().plus(wallOffset);
  }

  @Override
  public long nanos() {
    return SYSTEM.nanos() + advancedNanos.get();
  }

  @Override
  public CompletableFuture<Void> after(Duration delay) {
    return SYSTEM.after(delay);
  }

  @Override
  public void pause(Duration pause) throws InterruptedException {
    SYSTEM.pause(pause);
  }
}

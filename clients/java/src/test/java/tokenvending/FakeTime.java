package tokenvending;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A clock that stands still until it is told. A pause takes no time but puts the clock forward. */
final class FakeTime implements Time {
  private record Timer(long atNanos, CompletableFuture<Void> over) {}

  private final List<Timer> timers = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  // The test server dates its answers by the real clock.
  private final Instant start = Instant.now();
  private Duration wallOffset = Duration.ZERO;
  private long nanos = 1;

  synchronized void advance(Duration duration) {
    nanos += duration.toNanos();
    for (Timer timer : List.copyOf(timers)) {
      if (timer.atNanos <= nanos) timer.over.complete(null);
    }
  }

  /** Sets the wall clock only. */
  synchronized void setWall(Duration offset) {
    wallOffset = offset;
  }

  synchronized List<Duration> pauses() {
    return List.copyOf(pauses);
  }

  /** Waits until so many wait: callers, and requests on their way. */
  synchronized void awaitWaiters(int count) throws InterruptedException {
    while (timers.size() < count) wait();
  }

  @Override
  public synchronized Instant wall() {
    return start.plusNanos(nanos).plus(wallOffset);
  }

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public synchronized CompletableFuture<Void> after(Duration delay) {
    Timer timer = new Timer(nanos + delay.toNanos(), new CompletableFuture<>());
    timers.add(timer);
    timer.over.whenComplete((result, error) -> remove(timer));
    notifyAll();
    return timer.over;
  }

  private synchronized void remove(Timer timer) {
    timers.remove(timer);
  }

  @Override
  public void pause(Duration pause) {
    synchronized (this) {
      pauses.add(pause);
    }
    advance(pause);
  }
}

package tokenvending;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import tokenvending.VendingService.Question;

/** A request on its way that belongs to nobody: each waiter leaves at its own deadline, and the rest goes on. */
final class Flight {
  final Question question;
  final Deadline end;
  final CompletableFuture<VendingAnswer> outcome = new CompletableFuture<>();

  private final Time time;
  private Flight next;

  Flight(Question question, Duration budget, Time time) {
    this.question = question;
    this.time = time;
    this.end = new Deadline(time, budget);
  }

  /** A flight may hang where its end does not reach, in a credential process say: then others start anew. */
  boolean isOverdue() {
    return end.left().isZero();
  }

  /** The one flight that follows for all whom this one told to ask again later. */
  synchronized Flight next(Supplier<Flight> start) {
    if (next == null) next = start.get();
    return next;
  }

  /** @throws VendingException as the flight failed, or because the caller's time is up */
  VendingAnswer await(Deadline deadline) throws InterruptedException {
    CompletableFuture<Void> timeout = time.after(deadline.left());
    try {
      CompletableFuture.anyOf(outcome, timeout).get();
      if (!outcome.isDone()) throw new VendingException("timeout", "the vending service did not answer in time", null);
      return outcome.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof VendingException failure) throw failure.copy();
      throw new VendingException(null, "the client failed: " + e.getCause(), e.getCause());
    } finally {
      timeout.cancel(false);
    }
  }
}

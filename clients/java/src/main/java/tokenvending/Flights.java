package tokenvending;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import tokenvending.VendingService.Question;

/**
 * One request at a time for each kind of question about one token: for the token, and for each report of a refused one.
 * They run on threads of the client's own, so that a caller who leaves takes nothing away from the others.
 */
final class Flights {
  /** Is told of each outcome before anybody who waits for it is; one of the two is null. Must not do I/O. */
  interface Landing {
    void landed(Question question, VendingAnswer answer, Throwable failure);
  }

  private final VendingService service;
  private final Executor executor;
  private final Time time;
  private final Landing landing;
  private final Map<String, Flight> running = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  Flights(VendingService service, Executor executor, Time time, Landing landing) {
    this.service = service;
    this.executor = executor;
    this.time = time;
    this.landing = landing;
  }

  /** @param lookAgain gives an answer that has come in just now and makes the flight needless, or null */
  Flight joinOrStart(Question question, Duration budget, Function<Question, VendingAnswer> lookAgain) {
    lock.lock();
    try {
      Flight flight = running.get(kind(question));
      if (flight != null && !flight.isOverdue()) return flight;
      flight = new Flight(question, budget, time);
      VendingAnswer answer = lookAgain.apply(question);
      if (answer == null) start(flight);
      else flight.outcome.complete(answer);
      return flight;
    } finally {
      lock.unlock();
    }
  }

  /** Asks the same again after the wait, unless somebody else has or is just about to. */
  Flight follow(Flight flight, Duration wait, Duration budget, Function<Question, VendingAnswer> lookAgain) {
    return flight.next(
        () -> {
          Flight next = new Flight(flight.question, wait.plus(budget), time);
          executor.execute(() -> runAfter(next, wait, budget, lookAgain));
          return next;
        });
  }

  List<Flight> running() {
    lock.lock();
    try {
      return List.copyOf(running.values());
    } finally {
      lock.unlock();
    }
  }

  /** Registers it before it can land, for that takes the lock, too. */
  private void start(Flight flight) {
    executor.execute(() -> run(flight));
    running.put(kind(flight.question), flight);
  }

  private void run(Flight flight) {
    VendingAnswer answer = null;
    Throwable failure = null;
    try {
      answer = service.ask(flight.question, flight.end);
    } catch (InterruptedException e) {
      failure = new VendingException(null, "the client was closed", null);
    } catch (Throwable e) {
      failure = e;
    }
    lock.lock();
    try {
      running.remove(kind(flight.question), flight);
      landing.landed(flight.question, answer, failure);
    } finally {
      lock.unlock();
      if (failure == null) flight.outcome.complete(answer);
      else flight.outcome.completeExceptionally(failure);
    }
  }

  private void runAfter(Flight next, Duration wait, Duration budget, Function<Question, VendingAnswer> lookAgain) {
    try {
      time.pause(wait);
      Flight flight = joinOrStart(next.question, budget, lookAgain);
      flight.outcome.whenComplete(
          (answer, failure) -> {
            if (failure == null) next.outcome.complete(answer);
            else next.outcome.completeExceptionally(failure);
          });
    } catch (InterruptedException e) {
      next.outcome.completeExceptionally(new VendingException(null, "the client was closed", null));
    } catch (Throwable e) {
      next.outcome.completeExceptionally(e);
    }
  }

  private static String kind(Question question) {
    return question.rejectedSha256() == null ? "" : question.rejectedSha256();
  }
}

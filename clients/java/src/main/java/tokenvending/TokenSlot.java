package tokenvending;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import tokenvending.Time.Moment;
import tokenvending.VendingService.Question;

/** The token of one provider with one set of scopes: held, fetched, refreshed ahead, and replaced when it is refused. */
final class TokenSlot {
  /** The service heeds no second report of a token within this time, so none is sent. */
  private static final Duration KEPT_FOR = Duration.ofSeconds(10);

  /** Nor does it try for a longer-lived token more often than that. */
  private static final Duration MIN_TTL_PAUSE = Duration.ofSeconds(30);

  /** With less time than this, a caller does not ask again. */
  private static final Duration WORTH_ASKING = Duration.ofSeconds(1);

  private final String provider;
  private final Set<String> scopes;
  private final Time time;
  private final Duration budget;
  private final Flights flights;

  // Written under the lock of the flights only.
  private volatile HeldToken held;
  private volatile BackOff backOff;
  private volatile Moment askedForLongerLifeAt;
  private volatile Moment keptAt;
  private volatile String keptSha256;
  private volatile String refusedSha256;

  /** @param budget for a request that no caller waits longer for */
  TokenSlot(TokenRequest first, VendingService service, Executor executor, Time time, Duration budget) {
    this.provider = first.provider();
    this.scopes = first.scopes();
    this.time = time;
    this.budget = budget;
    this.flights = new Flights(service, executor, time, this::landed);
  }

  /** @throws VendingException if there is none, and none was held that is still valid */
  Token get(TokenRequest request, Deadline deadline) throws InterruptedException {
    HeldToken current = held;
    if (current == null) return fetch(request, deadline);
    Duration left = current.left(time);
    if (!isEnough(left, request.minTtlSeconds())) return fetch(request, deadline);
    if (current.isDue(left)) refresh();
    return current.token();
  }

  /**
   * Reports a token that the provider's API refused.
   *
   * @return the token to try instead, or null where there is none to be had
   */
  Token replace(Token refused, Deadline deadline) throws InterruptedException {
    Question report = new Question(provider, scopes, 0, Fingerprint.of(refused.accessToken()));
    VendingAnswer answer = otherThanReported(report);
    if (answer == null && wasJustKept(report)) return null;
    try {
      if (answer == null) answer = await(flights.joinOrStart(report, budget, this::otherThanReported), deadline);
    } catch (VendingException | RejectedExecutionException e) {
      answer = otherThanReported(report);
    }
    return answer == null || isKept(report, answer) ? null : answer.token();
  }

  boolean isIdle() {
    HeldToken current = held;
    return (current == null || !current.isValid(time)) && flights.running().isEmpty();
  }

  /** Completes when what runs now has ended, however it did. */
  CompletableFuture<Void> settled() {
    List<Flight> running = flights.running();
    CompletableFuture<?>[] outcomes =
        running.stream().map(flight -> flight.outcome.handle((answer, e) -> null)).toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(outcomes);
  }

  private Token fetch(TokenRequest request, Deadline deadline) throws InterruptedException {
    Question question = new Question(provider, scopes, request.minTtlSeconds(), null);
    try {
      VendingAnswer answer = ask(question, deadline);
      // The request may have been one of others that asks for less life: mostly it brings enough.
      if (!lives(answer, question.minTtlSeconds())) answer = ask(question, deadline);
      HeldToken current = held;
      boolean isHeldBetter =
          current != null && answer.lifetime() != null && answer.left(time).compareTo(current.left(time)) < 0;
      return isHeldBetter ? current.token() : answer.token();
    } catch (VendingException e) {
      HeldToken current = held;
      if (current != null && current.isValid(time)) return current.token();
      throw e;
    }
  }

  private VendingAnswer ask(Question question, Deadline deadline) throws InterruptedException {
    Duration ownBudget = max(budget, deadline.left());
    try {
      return await(flights.joinOrStart(question, ownBudget, this::enough), deadline);
    } catch (VendingException e) {
      // A request that others began long ago has run out of time, but this caller has not.
      if (!"timeout".equals(e.error()) || !deadline.outlasts(WORTH_ASKING)) throw e;
      return await(flights.joinOrStart(question, ownBudget, this::enough), deadline);
    }
  }

  private void refresh() {
    if (isBackingOff()) return;
    try {
      flights.joinOrStart(new Question(provider, scopes, 0, null), budget, question -> notDue());
    } catch (RejectedExecutionException e) {
      // The client is being closed, and the caller has its token.
    }
  }

  /** Honours `retry-after` once, if the caller has the time and nothing that would do instead. */
  private VendingAnswer await(Flight flight, Deadline deadline) throws InterruptedException {
    try {
      return flight.await(deadline);
    } catch (VendingException e) {
      boolean isReport = flight.question.rejectedSha256() != null;
      HeldToken current = held;
      boolean canDoWithout = !isReport && current != null && current.isValid(time);
      if (!e.isThrottled() || canDoWithout) throw e;
      Duration wait = Duration.ofSeconds(e.retryAfterSeconds());
      if (!deadline.outlasts(wait)) throw e;
      return flights.follow(flight, wait, budget, isReport ? this::otherThanReported : this::enough).await(deadline);
    }
  }

  private void landed(Question question, VendingAnswer answer, Throwable failure) {
    if (failure != null) {
      Integer retryAfter = failure instanceof VendingException e ? e.retryAfterSeconds() : null;
      if (question.rejectedSha256() == null) backOff = BackOff.after(backOff, retryAfter, time);
    } else if (question.rejectedSha256() != null) {
      adoptReplacement(question, answer);
    } else {
      adopt(question, answer);
    }
  }

  private void adopt(Question question, VendingAnswer answer) {
    HeldToken current = held;
    if (!lives(answer, question.minTtlSeconds())) askedForLongerLifeAt = time.now();
    // An answer may have been overtaken by a report.
    boolean isProgress = answer.lifetime() != null && !answer.sha256().equals(refusedSha256);
    if (isProgress && current != null && current.isValid(time)) {
      // Another instance of the service may hold an older token.
      isProgress = answer.left(time).compareTo(current.left(time)) > 0;
    }
    if (isProgress) held = HeldToken.of(answer);
    backOff = isProgress ? null : BackOff.after(backOff, null, time);
  }

  private void adoptReplacement(Question report, VendingAnswer answer) {
    if (isKept(report, answer)) {
      keptAt = time.now();
      keptSha256 = report.rejectedSha256();
      return;
    }
    refusedSha256 = report.rejectedSha256();
    held = answer.lifetime() == null ? null : HeldToken.of(answer);
    backOff = null;
  }

  private static boolean isKept(Question report, VendingAnswer answer) {
    return "kept".equals(answer.rejection()) || answer.sha256().equals(report.rejectedSha256());
  }

  private boolean wasJustKept(Question report) {
    Moment at = keptAt;
    return at != null && report.rejectedSha256().equals(keptSha256) && time.since(at).compareTo(KEPT_FOR) < 0;
  }

  private boolean isEnough(Duration left, long minTtlSeconds) {
    if (left.isNegative() || left.isZero()) return false;
    if (left.compareTo(Duration.ofSeconds(minTtlSeconds)) >= 0) return true;
    Moment asked = askedForLongerLifeAt;
    return isBackingOff() || asked != null && time.since(asked).compareTo(MIN_TTL_PAUSE) < 0;
  }

  private boolean isBackingOff() {
    BackOff current = backOff;
    return current != null && !current.isOver(time);
  }

  private VendingAnswer enough(Question question) {
    HeldToken current = held;
    return current != null && isEnough(current.left(time), question.minTtlSeconds()) ? current.answer() : null;
  }

  private VendingAnswer notDue() {
    HeldToken current = held;
    return current != null && !current.isDue(current.left(time)) ? current.answer() : null;
  }

  private VendingAnswer otherThanReported(Question report) {
    HeldToken current = held;
    if (current == null || !current.isValid(time)) return null;
    return current.answer().sha256().equals(report.rejectedSha256()) ? null : current.answer();
  }

  private boolean lives(VendingAnswer answer, long seconds) {
    return answer.lifetime() == null || answer.left(time).compareTo(Duration.ofSeconds(seconds)) >= 0;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}

package tokenvending;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** The tokens of one client: one for each provider and set of scopes. */
final class TokenCache {
  /** Far more than any caller has; from here on, tokens that have expired make room. */
  private static final int CROWDED = 1_000;

  private record Key(String provider, Set<String> scopes) {}

  private final ConcurrentHashMap<Key, TokenSlot> slots = new ConcurrentHashMap<>();
  private final VendingService service;
  private final Executor executor;
  private final Time time;
  private final Duration timeout;

  TokenCache(VendingService service, Executor executor, Time time, Duration timeout) {
    this.service = service;
    this.executor = executor;
    this.time = time;
    this.timeout = timeout;
  }

  Token get(TokenRequest request) throws InterruptedException {
    return slot(request).get(request, deadline(request));
  }

  /** @return the token to try instead of the refused one, or null where there is none to be had */
  Token replace(TokenRequest request, Token refused) throws InterruptedException {
    return slot(request).replace(refused, deadline(request));
  }

  CompletableFuture<Void> settled() {
    return CompletableFuture.allOf(
        slots.values().stream().map(TokenSlot::settled).toArray(CompletableFuture[]::new));
  }

  private Deadline deadline(TokenRequest request) {
    return new Deadline(time, request.timeout() == null ? timeout : request.timeout());
  }

  private TokenSlot slot(TokenRequest request) {
    Key key = new Key(request.provider(), request.scopes());
    TokenSlot slot = slots.get(key);
    if (slot != null) return slot;
    if (slots.size() >= CROWDED) slots.values().removeIf(TokenSlot::isIdle);
    return slots.computeIfAbsent(key, missing -> new TokenSlot(request, service, executor, time, timeout));
  }
}

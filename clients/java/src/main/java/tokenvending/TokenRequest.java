package tokenvending;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which token a caller wants: {@code TokenRequest.of("prove").withScopes("read").withMinTtl(Duration.ofMinutes(5))}.
 *
 * @param provider the provider's name at the vending service
 * @param scopes none for the provider's default scopes; their order and repeats do not matter
 * @param minTtl the life that the token should have left, or null. Where the provider gives none that lives so long,
 *     the longest-lived one is answered
 * @param timeout how long the caller waits for the vending service, or null for the client's own
 */
public record TokenRequest(String provider, Set<String> scopes, Duration minTtl, Duration timeout) {
  private static final Duration MAX_MIN_TTL = Duration.ofSeconds(86_400);

  public TokenRequest {
    if (provider == null || provider.isBlank() || provider.equals(".") || provider.equals("..")) {
      throw new IllegalArgumentException("a provider's name is needed");
    }
    scopes = canonical(scopes);
    if (minTtl != null && (minTtl.isNegative() || minTtl.compareTo(MAX_MIN_TTL) > 0)) {
      throw new IllegalArgumentException("minTtl must be between 0 and " + MAX_MIN_TTL.toSeconds() + " seconds");
    }
    if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
      throw new IllegalArgumentException("timeout must be positive");
    }
  }

  /** The provider's token with its default scopes. */
  public static TokenRequest of(String provider) {
    return new TokenRequest(provider, Set.of(), null, null);
  }

  /** Takes one scope each, or several separated by spaces. */
  public TokenRequest withScopes(String... scopes) {
    return new TokenRequest(provider, new LinkedHashSet<>(List.of(scopes)), minTtl, timeout);
  }

  /** Rounded up to whole seconds. */
  public TokenRequest withMinTtl(Duration minTtl) {
    return new TokenRequest(provider, scopes, minTtl, timeout);
  }

  public TokenRequest withTimeout(Duration timeout) {
    return new TokenRequest(provider, scopes, minTtl, timeout);
  }

  long minTtlSeconds() {
    return minTtl == null ? 0 : minTtl.plusNanos(999_999_999).toSeconds();
  }

  private static Set<String> canonical(Set<String> scopes) {
    if (scopes == null || scopes.isEmpty()) return Set.of();
    TreeSet<String> sorted = new TreeSet<>();
    for (String scope : scopes) sorted.addAll(List.of(scope.split(" ")));
    sorted.remove("");
    return Collections.unmodifiableSortedSet(sorted);
  }
}

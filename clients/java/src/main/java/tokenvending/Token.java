package tokenvending;

import java.time.Instant;

/**
 * An access token as the vending service answered it. {@link #toString()} shows its fingerprint only.
 *
 * @param accessToken the token itself: keep it out of logs
 * @param tokenType {@code Bearer}
 * @param expiresAt by the caller's own clock, or null where the provider gave no lifetime; such a token is not kept
 * @param scope what the provider granted, separated by spaces, or null where it did not say
 */
public record Token(String accessToken, String tokenType, Instant expiresAt, String scope) {
  @Override
  public String toString() {
    return "Token[sha256=%s, tokenType=%s, expiresAt=%s, scope=%s]"
        .formatted(Fingerprint.of(accessToken), tokenType, expiresAt, scope);
  }
}

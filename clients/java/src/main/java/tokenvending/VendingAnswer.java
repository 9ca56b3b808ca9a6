package tokenvending;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tokenvending.Time.Moment;

/**
 * What the vending service answered with 200.
 *
 * @param lifetime whole seconds from {@code sentAt} on, or null where the service gave none
 * @param sentAt just before the request was sent: the token is not older than that
 * @param rejection the header {@code x-token-rejection} of an answer to a report, or null
 */
record VendingAnswer(Token token, String sha256, Duration lifetime, Moment sentAt, String rejection) {
  /** As the service itself clamps: no token is trusted for longer. */
  private static final Duration MAX_LIFETIME = Duration.ofDays(30);

  private static final int MAX_TEXT = 500;

  /** What is left of its life, not positive once it has expired. Only where there is a lifetime. */
  Duration left(Time time) {
    return lifetime.minus(time.since(sentAt));
  }

  /** @throws VendingException for every answer that is not a bearer token */
  static VendingAnswer judge(HttpResponse<byte[]> response, Moment sentAt) {
    Map<String, Object> fields = fields(response.body());
    int status = response.statusCode();
    if (status >= 400) throw refusal(response, text(fields.get("error")), reason(fields));
    if (status != 200) throw unusable(response, "redirects are not followed, and only 200 is a token");
    // What RFC 6749 §7.1 asks of a client: not to use a token of a type that it does not know.
    Object type = fields.get("token_type");
    if (type != null && !(type instanceof String name && name.equalsIgnoreCase("Bearer"))) {
      throw unusable(response, "the answer's token_type is not Bearer");
    }
    if (!(fields.get("access_token") instanceof String accessToken) || !isHeaderText(accessToken)) {
      throw unusable(response, "the answer holds no usable access_token");
    }
    Duration lifetime = lifetime(response, fields.get("expires_in"));
    Instant expiresAt = lifetime == null ? null : sentAt.wall().plus(lifetime);
    String scope = fields.get("scope") instanceof String text ? text : null;
    Token token = new Token(accessToken, "Bearer", expiresAt, scope);
    String rejection = response.headers().firstValue("x-token-rejection").orElse(null);
    return new VendingAnswer(token, Fingerprint.of(accessToken), lifetime, sentAt, rejection);
  }

  private static Duration lifetime(HttpResponse<byte[]> response, Object expiresIn) {
    if (expiresIn == null) return null;
    double seconds = Double.NaN;
    if (expiresIn instanceof Double number) seconds = number;
    // Not in our contract, but a whole number in quotes has only one meaning.
    if (expiresIn instanceof String text && text.matches("\\d{1,10}")) seconds = Double.parseDouble(text);
    if (!(seconds >= 1)) throw unusable(response, "the answer's expires_in is no positive number");
    return Duration.ofSeconds((long) Math.min(seconds, MAX_LIFETIME.toSeconds()));
  }

  /** API Gateway's own answers have a `message`, in either spelling. */
  private static String reason(Map<String, Object> fields) {
    return Stream.of("error_description", "message", "Message")
        .map(name -> text(fields.get(name)))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static VendingException unusable(HttpResponse<byte[]> response, String problem) {
    return refusal(response, "invalid_response", problem);
  }

  private static VendingException refusal(HttpResponse<byte[]> response, String error, String description) {
    HttpHeaders headers = response.headers();
    // A REST API's header, or an HTTP API's.
    String requestId =
        headers
            .firstValue("x-amzn-requestid")
            .or(() -> headers.firstValue("apigw-requestid"))
            .map(VendingAnswer::text)
            .orElse(null);
    return new VendingException(
        response.statusCode(), error, description, requestId, retryAfterSeconds(headers), null);
  }

  /** An object's fields, or none where it is something else: an error page is no less an error. */
  private static Map<String, Object> fields(byte[] body) {
    try {
      return Json.parseObject(new String(body, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Map.of();
    }
  }

  /**
   * The first line, of bounded length, for it ends up in logs. API Gateway explains a wrong signature with all that was
   * signed, the caller's session token among it, in the lines after the first.
   */
  private static String text(Object field) {
    if (!(field instanceof String text)) return null;
    String line = text.strip().split("\\R", 2)[0].replaceAll("\\p{Cntrl}+", " ").strip();
    if (line.isEmpty()) return null;
    return line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) + "…" : line;
  }

  /** Visible ASCII: what can stand in a header, and never splits one. */
  private static boolean isHeaderText(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127);
  }

  /** Seconds or an HTTP date (RFC 9110 §10.2.3), which is compared with the answer's own date. */
  private static Integer retryAfterSeconds(HttpHeaders headers) {
    String value = headers.firstValue("retry-after").map(String::strip).orElse("");
    if (value.matches("\\d{1,9}")) return Integer.valueOf(value);
    Instant until = httpDate(value);
    Instant from = headers.firstValue("date").map(VendingAnswer::httpDate).orElse(null);
    if (until == null || from == null) return null;
    return (int) Math.max(0, Math.min(Duration.between(from, until).toSeconds(), Integer.MAX_VALUE));
  }

  /** Null if it is none. */
  static Instant httpDate(String text) {
    try {
      return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}

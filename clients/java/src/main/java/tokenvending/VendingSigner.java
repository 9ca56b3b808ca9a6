package tokenvending;

import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;

/**
 * Signs requests to the vending endpoint with the caller's AWS identity (SigV4), for OAuth clients and SDKs that fetch
 * tokens themselves. Requests to anywhere else come back as they are. Safe to use by many threads.
 */
public final class VendingSigner {
  /** How far the service's clock may be from ours before a refused signature is put down to it, as in the AWS SDKs. */
  private static final Duration MAX_SKEW = Duration.ofMinutes(4);

  private static final Set<String> SIGNATURE_HEADERS =
      Set.of("authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256");

  private final Endpoint endpoint;
  private final String region;
  private final IdentityProvider<? extends AwsCredentialsIdentity> credentials;
  private final Time time;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private volatile Duration clockOffset = Duration.ZERO;

  VendingSigner(
      Endpoint endpoint,
      String region,
      IdentityProvider<? extends AwsCredentialsIdentity> credentials,
      Time time) {
    this.endpoint = endpoint;
    this.region = region;
    this.credentials = credentials;
    this.time = time;
  }

  /**
   * The same request with this body and a signature, which is good for five minutes. An {@code Authorization} header
   * and an older signature are replaced.
   *
   * @param body what is sent, in place of the request's own publisher, which cannot be read here; null for none
   * @throws VendingException if the AWS SDK's credential chain finds no credentials
   */
  public HttpRequest sign(HttpRequest request, byte[] body) {
    if (!endpoint.holds(request.uri())) return request;
    byte[] content = body == null ? new byte[0] : body;
    HttpRequest.Builder signed = HttpRequest.newBuilder(request, (name, value) -> !isSignature(name));
    signed.method(
        request.method(),
        content.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(content));
    try {
      signature(request, content).forEach((name, values) -> values.forEach(value -> signed.setHeader(name, value)));
    } catch (IllegalArgumentException e) {
      // Its message has the value, and that may be the session token.
      throw new VendingException("no_credentials", "the AWS credentials do not fit into a header", null);
    }
    return signed.build();
  }

  /**
   * To be told of a refusal: if the service's clock is far from ours, later signatures use the service's.
   *
   * @param serviceDate the answer's {@code date}, or null
   * @return whether to sign once more
   */
  boolean learnClock(Instant serviceDate) {
    if (serviceDate == null) return false;
    Duration offset = Duration.between(time.wall(), serviceDate);
    if (offset.minus(clockOffset).abs().compareTo(MAX_SKEW) <= 0) return false;
    clockOffset = offset;
    return true;
  }

  @Override
  public String toString() {
    return "VendingSigner[endpoint=%s, region=%s]".formatted(endpoint, region);
  }

  private Map<String, List<String>> signature(HttpRequest request, byte[] content) {
    SdkHttpRequest.Builder unsigned =
        SdkHttpRequest.builder().method(SdkHttpMethod.fromValue(request.method())).uri(request.uri());
    putQuery(unsigned, request.uri().getRawQuery());
    // The host and the content type; other headers may still be changed on their way.
    request.headers().firstValue("content-type").ifPresent(type -> unsigned.putHeader("content-type", type));
    AwsCredentialsIdentity identity = resolveCredentials();
    SdkHttpRequest signed =
        signer
            .sign(
                sign ->
                    sign.identity(identity)
                        .request(unsigned.build())
                        .payload(() -> new ByteArrayInputStream(content))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "execute-api")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(HttpSigner.SIGNING_CLOCK, signingClock()))
            .request();
    Map<String, List<String>> headers = new HashMap<>(signed.headers());
    headers.keySet().removeIf(name -> !isSignature(name));
    return headers;
  }

  /** The SDK takes `+` for a space; API Gateway takes it for what it is. */
  private static void putQuery(SdkHttpRequest.Builder request, String rawQuery) {
    request.clearQueryParameters();
    if (rawQuery == null) return;
    for (String parameter : rawQuery.split("&")) {
      String[] pair = parameter.replace("+", "%2B").split("=", 2);
      String value = pair.length == 1 ? "" : URLDecoder.decode(pair[1], StandardCharsets.UTF_8);
      if (!parameter.isEmpty()) request.appendRawQueryParameter(URLDecoder.decode(pair[0], StandardCharsets.UTF_8), value);
    }
  }

  private Clock signingClock() {
    return Clock.fixed(time.wall().plus(clockOffset), ZoneOffset.UTC);
  }

  private AwsCredentialsIdentity resolveCredentials() {
    try {
      return credentials.resolveIdentity().join();
    } catch (RuntimeException e) {
      Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
      throw new VendingException("no_credentials", cause.getMessage(), cause);
    }
  }

  private static boolean isSignature(String name) {
    return SIGNATURE_HEADERS.contains(name.toLowerCase(Locale.ROOT));
  }
}

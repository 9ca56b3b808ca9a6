package tokenvending;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The vending service's address with its stage, {@code https://….execute-api.us-east-1.amazonaws.com/v1}. */
final class Endpoint {
  private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[(::1|0:0:0:0:0:0:0:1)]");
  private static final Pattern EXECUTE_API =
      Pattern.compile("(?:.+\\.)?execute-api\\.([a-z0-9-]+)\\.(?:vpce\\.)?(?:amazonaws\\.com(?:\\.cn)?|api\\.aws)");

  private final URI uri;

  private Endpoint(URI uri) {
    this.uri = uri;
  }

  /** @throws IllegalArgumentException if it is no HTTPS URL (HTTP on loopback excepted), or holds more than a path */
  static Endpoint parse(String text) {
    URI uri = URI.create(text.strip());
    String scheme = uri.getScheme();
    if (uri.getHost() == null || scheme == null) throw new IllegalArgumentException("the endpoint is not a URL");
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException("the endpoint must end with the API's stage, without credentials or query");
    }
    boolean isLoopback = LOOPBACK.matcher(uri.getHost().toLowerCase(Locale.ROOT)).matches();
    if (!scheme.equalsIgnoreCase("https") && !(scheme.equalsIgnoreCase("http") && isLoopback)) {
      throw new IllegalArgumentException("the endpoint must be https: " + uri.getHost());
    }
    return new Endpoint(URI.create(uri.toString().replaceFirst("/+$", "")));
  }

  URI tokens(String provider) {
    // A path is encoded as a form, but for the space.
    String segment = URLEncoder.encode(provider, StandardCharsets.UTF_8).replace("+", "%20");
    return URI.create(uri + "/tokens/" + segment);
  }

  /** The region in API Gateway's own host names, or null. */
  String region() {
    Matcher matcher = EXECUTE_API.matcher(uri.getHost().toLowerCase(Locale.ROOT));
    return matcher.matches() ? matcher.group(1) : null;
  }

  /** Whether a request to this URI goes to the vending service, so that it may be signed. */
  boolean holds(URI other) {
    if (other.getHost() == null || !isSameOrigin(other)) return false;
    String path = other.normalize().getRawPath();
    return path.equals(uri.getRawPath()) || path.startsWith(uri.getRawPath() + "/");
  }

  private boolean isSameOrigin(URI other) {
    return uri.getScheme().equalsIgnoreCase(other.getScheme())
        && uri.getHost().equalsIgnoreCase(other.getHost())
        && port(uri) == port(other);
  }

  private static int port(URI uri) {
    if (uri.getPort() != -1) return uri.getPort();
    return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}

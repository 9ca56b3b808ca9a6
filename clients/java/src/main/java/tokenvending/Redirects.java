package tokenvending;

import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;

/** Where a redirect leads. The JDK's own following would send the token along to any host. */
final class Redirects {
  static final int MAX = 5;

  private static final Set<String> OF_ONE_ORIGIN = Set.of("cookie", "proxy-authorization");

  private Redirects() {}

  /** @return the request to send next, or null if the answer is for the caller */
  static HttpRequest next(HttpResponse<?> response, HttpRequest request, Redirect policy) {
    URI target = target(response, request.uri(), policy);
    if (target == null) return null;
    boolean isSameOrigin = Origin.of(target).equals(Origin.of(request.uri()));
    HttpRequest.Builder next =
        HttpRequest.newBuilder(
            request, (name, value) -> isSameOrigin || !OF_ONE_ORIGIN.contains(name.toLowerCase(Locale.ROOT)));
    next.uri(target);
    if (becomesGet(response.statusCode(), request.method())) return next.method("GET", BodyPublishers.noBody()).build();
    return RequestBodies.canBeSentAgain(request) ? next.build() : null;
  }

  private static URI target(HttpResponse<?> response, URI from, Redirect policy) {
    boolean isRedirect = Set.of(301, 302, 303, 307, 308).contains(response.statusCode());
    String location = response.headers().firstValue("location").orElse(null);
    if (!isRedirect || location == null || policy == Redirect.NEVER) return null;
    try {
      URI target = from.resolve(location);
      boolean isHttps = "https".equalsIgnoreCase(target.getScheme());
      boolean isHttp = "http".equalsIgnoreCase(target.getScheme());
      boolean isDowngrade = isHttp && "https".equalsIgnoreCase(from.getScheme());
      if (target.getHost() == null || !(isHttps || isHttp)) return null;
      return isDowngrade && policy != Redirect.ALWAYS ? null : target;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** RFC 9110 §15.4, as the JDK and browsers do it. */
  private static boolean becomesGet(int status, String method) {
    return status == 303 ? !method.equals("HEAD") : status < 303 && method.equals("POST");
  }
}

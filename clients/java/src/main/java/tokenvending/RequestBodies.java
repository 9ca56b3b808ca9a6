package tokenvending;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;

/** Which request bodies can be sent twice. */
final class RequestBodies {
  /** What {@link BodyPublishers#fromPublisher} gives, of which nobody knows whether it publishes twice. */
  private static final Class<?> ADAPTER = BodyPublishers.fromPublisher(BodyPublishers.noBody(), 1).getClass();

  private RequestBodies() {}

  /** One of known length, from a string, an array or a file; not one from a stream or another publisher. */
  static boolean canBeSentAgain(HttpRequest request) {
    if (request.bodyPublisher().isEmpty()) return true;
    BodyPublisher body = request.bodyPublisher().get();
    return body.contentLength() >= 0 && body.getClass() != ADAPTER;
  }
}

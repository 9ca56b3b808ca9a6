package tokenvending;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Publisher;

/**
 * An answer's body. Where it is not certain yet whether the caller gets this answer at all, with a 401, the caller's
 * handler has not been asked and the body waits in its connection; else the handler already has it.
 */
final class ParkedBody<T> {
  /** A body up to this length is read to its end, so that its connection can be used again. */
  private static final int WORTH_READING_BYTES = 64 * 1024;

  private final BodyHandler<T> handler;
  private final ResponseInfo info;
  private final Publisher<List<ByteBuffer>> parked;
  private final T handled;

  private ParkedBody(BodyHandler<T> handler, ResponseInfo info, Publisher<List<ByteBuffer>> parked, T handled) {
    this.handler = handler;
    this.info = info;
    this.parked = parked;
    this.handled = handled;
  }

  static <T> BodyHandler<ParkedBody<T>> handler(BodyHandler<T> handler) {
    return info ->
        info.statusCode() == 401
            ? BodySubscribers.mapping(
                BodySubscribers.ofPublisher(), body -> new ParkedBody<>(handler, info, body, null))
            : BodySubscribers.mapping(
                handler.apply(info), handled -> new ParkedBody<>(handler, info, null, handled));
  }

  /** Hands the body to the caller's handler, as if nothing had happened. */
  T deliver() throws IOException, InterruptedException {
    if (parked == null) return handled;
    BodySubscriber<T> subscriber = handler.apply(info);
    parked.subscribe(subscriber);
    try {
      return subscriber.getBody().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    }
  }

  /** Nobody wants it. Does not wait. */
  void discard() {
    if (parked != null) parked.subscribe(new LimitedBody(WORTH_READING_BYTES));
  }
}

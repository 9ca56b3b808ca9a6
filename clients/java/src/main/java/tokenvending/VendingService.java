package tokenvending;

import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import tokenvending.Time.Moment;

/** Asks the vending service: one question, at most one more try after what may pass, no state but the connections. */
final class VendingService {
  /** What the service itself keeps to. */
  private static final int MAX_ANSWER_BYTES = 64 * 1024;

  /**
   * @param minTtlSeconds 0 where any life will do
   * @param rejectedSha256 the fingerprint of a token that the provider's API refused, or null
   */
  record Question(String provider, Set<String> scopes, long minTtlSeconds, String rejectedSha256) {}

  private final Endpoint endpoint;
  private final VendingSigner signer;
  private final Time time;
  private final Supplier<HttpClient> connect;
  private volatile HttpClient http;
  private volatile boolean hasAnswered;

  /** @param connect gives a client with connections of its own, or always the same one where the caller brought it */
  VendingService(Endpoint endpoint, VendingSigner signer, Time time, Supplier<HttpClient> connect) {
    this.endpoint = endpoint;
    this.signer = signer;
    this.time = time;
    this.connect = connect;
    this.http = connect.get();
  }

  /** @throws VendingException for every answer that is not a token */
  VendingAnswer ask(Question question, Deadline deadline) throws InterruptedException {
    try {
      return askOnce(question, deadline);
    } catch (VendingException e) {
      Duration pause = Duration.ofMillis(ThreadLocalRandom.current().nextLong(100, 301));
      if (!e.isTransient() || !deadline.outlasts(pause)) throw e;
      time.pause(pause);
      if (e.status() == 0) reconnect();
      return askOnce(question, deadline);
    }
  }

  private VendingAnswer askOnce(Question question, Deadline deadline) throws InterruptedException {
    Reply reply = send(question, deadline);
    boolean isRefusedForItsDate =
        reply.response.statusCode() == 403
            && signer.learnClock(reply.response.headers().firstValue("date").map(VendingAnswer::httpDate).orElse(null));
    if (isRefusedForItsDate) reply = send(question, deadline);
    return VendingAnswer.judge(reply.response, reply.sentAt);
  }

  /**
   * Connections that have been idle, in a frozen Lambda instance for example, may all be dead without anybody knowing.
   * A client that has not answered yet has none of those, so an outage does not make one client after the other.
   */
  private void reconnect() {
    if (!hasAnswered) return;
    hasAnswered = false;
    http = connect.get();
  }

  private record Reply(HttpResponse<byte[]> response, Moment sentAt) {}

  private Reply send(Question question, Deadline deadline) throws InterruptedException {
    byte[] form = form(question).getBytes(StandardCharsets.US_ASCII);
    HttpRequest request =
        HttpRequest.newBuilder(endpoint.tokens(question.provider()))
            // No upgrade is tried: it costs plain HTTP a header, and one request an hour gains nothing by HTTP/2.
            .version(HttpClient.Version.HTTP_1_1)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .POST(BodyPublishers.noBody())
            .build();
    HttpRequest signed = signer.sign(request, form);
    Moment sentAt = time.now();
    CompletableFuture<HttpResponse<byte[]>> pending =
        http.sendAsync(signed, info -> new LimitedBody(MAX_ANSWER_BYTES));
    CompletableFuture<Void> timeout = time.after(deadline.left());
    try {
      CompletableFuture.anyOf(pending, timeout).get();
      if (!pending.isDone()) throw new VendingException("timeout", "the vending service did not answer in time", null);
      hasAnswered = true;
      return new Reply(pending.get(), sentAt);
    } catch (ExecutionException e) {
      throw unreachable(e.getCause());
    } finally {
      timeout.cancel(false);
      // Without effect where it is done; else it ends the request, whose answer nobody waits for any more.
      pending.cancel(true);
    }
  }

  private VendingException unreachable(Throwable cause) {
    String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    if (cause instanceof LimitedBody.TooLongException) return new VendingException("invalid_response", reason, null);
    return new VendingException("network_error", "the request to " + endpoint + " failed: " + reason, cause);
  }

  private static String form(Question question) {
    StringJoiner form = new StringJoiner("&").add("grant_type=client_credentials");
    if (!question.scopes().isEmpty()) {
      form.add("scope=" + URLEncoder.encode(String.join(" ", question.scopes()), StandardCharsets.UTF_8));
    }
    if (question.minTtlSeconds() > 0) form.add("min_ttl=" + question.minTtlSeconds());
    if (question.rejectedSha256() != null) form.add("rejected_token_sha256=" + question.rejectedSha256());
    return form.toString();
  }
}

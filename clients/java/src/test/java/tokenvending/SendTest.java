package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tokenvending.FakeServer.Answer;

@DisplayName("send")
class SendTest extends ApiTest {
  @Test
  @DisplayName("authorizes a request, in place of what its Authorization header was")
  void authorizes() throws Exception {
    var request = request().header("authorization", "Basic eDp5").header("x-mine", "1").build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString(), "prove");
    assertEquals(200, response.statusCode());
    assertEquals("GET  as token-1", response.body());
    assertEquals("1", api.received().get(0).header("x-mine"));
    assertEquals(request.uri(), response.uri());
    assertFalse((response + " " + response.request().headers()).contains("token-1"));
  }

  @Test
  @DisplayName("takes the scopes and the life that the token should have")
  void takesATokenRequest() throws Exception {
    TokenRequest wanted = TokenRequest.of("oidc").withScopes("read").withMinTtl(seconds(60));
    client.send(request().build(), BodyHandlers.discarding(), wanted);
    assertEquals("/v1/tokens/oidc", service.received().get(0).path());
    assertEquals(Map.of("grant_type", "client_credentials", "scope", "read", "min_ttl", "60"),
        service.received().get(0).form());
  }

  @Test
  @DisplayName("reports a refused token and sends the request once more with the one that replaces it")
  void replaces() throws Exception {
    answerReports("replaced");
    assertEquals("GET  as token-1", get().body());
    revoked.add("token-1");
    assertEquals("GET  as token-2", get().body());
    assertEquals("GET  as token-2", get().body());
    assertEquals(List.of("token-1", "token-1", "token-2", "token-2"), tokensSeen());
    assertEquals(1, reports());
    assertEquals(Fingerprint.of("token-1"), rejected(service.received().get(1)));
  }

  @Test
  @DisplayName("reports with the scopes of the refused token")
  void reportsWithScopes() throws Exception {
    answerReports("replaced");
    revoked.add("token-1");
    TokenRequest wanted = TokenRequest.of("oidc").withScopes("b", "a");
    assertEquals("GET  as token-2", client.send(request().build(), BodyHandlers.ofString(), wanted).body());
    assertEquals("a b", service.received().get(1).form().get("scope"));
    assertEquals("/v1/tokens/oidc", service.received().get(1).path());
    assertEquals("token-2", client.getToken(wanted).accessToken());
  }

  @Test
  @DisplayName("sends once more also where the service did not know the refused token")
  void retriesOnUnknown() throws Exception {
    answerReports("unknown");
    revoked.add("token-1");
    assertEquals("GET  as token-2", get().body());
  }

  @Test
  @DisplayName("reports once for all who meet the same refusal, and each is sent once more")
  void reportsOnce() throws Exception {
    answerReports("replaced");
    get();
    revoked.add("token-1");
    // All are refused together.
    CyclicBarrier all = new CyclicBarrier(20);
    api.behave(
        request -> {
          if (bearer(request).equals("token-1")) all.await();
          return bearer(request).equals("token-1") ? Answer.of(401, "") : Answer.of(200, bearer(request));
        });
    for (HttpResponse<String> response : atOnce(20, this::get)) assertEquals("token-2", response.body());
    assertEquals(1, reports());
    assertEquals(41, api.received().size());
  }

  @Test
  @DisplayName("does not report a token that has been replaced meanwhile")
  void reportsNoOldToken() throws Exception {
    answerReports("replaced");
    CountDownLatch replaced = new CountDownLatch(1);
    CountDownLatch slowIsThere = new CountDownLatch(1);
    api.behave(
        request -> {
          if (request.path().equals("/slow") && bearer(request).equals("token-1")) {
            slowIsThere.countDown();
            replaced.await();
          }
          return bearer(request).equals("token-1") ? Answer.of(401, "") : Answer.of(200, bearer(request));
        });
    var slow =
        inBackground(
            () ->
                client.send(
                    request().uri(URI.create(api.url("/slow"))).build(), BodyHandlers.ofString(), "prove"));
    slowIsThere.await();
    assertEquals("token-2", get().body());
    replaced.countDown();
    assertEquals("token-2", slow.get().body());
    assertEquals(1, reports());
  }

  @Test
  @DisplayName("gives the 401 to the caller where the token is kept, and reports it again no sooner than after 10 s")
  void givesUpWhereKept() throws Exception {
    revoked.add("token-1");
    service.behave(request -> Answer.of(200, "{\"access_token\":\"token-1\",\"expires_in\":3600}")
        .with("x-token-rejection", "kept"));
    HttpResponse<String> response = get();
    assertEquals(401, response.statusCode());
    assertEquals("refused token-1", response.body());
    assertEquals(401, get().statusCode());
    assertEquals(1, reports());
    assertEquals(2, api.received().size());
    time.advance(seconds(10));
    assertEquals(401, get().statusCode());
    assertEquals(2, reports());
  }

  @Test
  @DisplayName("gives the 401 to the caller where the report fails, and keeps the token")
  void givesUpWhereTheReportFails() throws Exception {
    get();
    revoked.add("token-1");
    service.behave(request -> error(502, "provider_rejected_credentials"));
    HttpResponse<String> response = get();
    assertEquals(401, response.statusCode());
    assertEquals("refused token-1", response.body());
    assertEquals(1, reports());
    assertEquals("token-1", getToken());
  }

  @Test
  @DisplayName("gives the 401 to the caller where the replaced token is refused, too")
  void sendsTwiceAtMost() throws Exception {
    answerReports("replaced");
    revoked.addAll(List.of("token-1", "token-2"));
    assertEquals("refused token-2", get().body());
    assertEquals(2, api.received().size());
    assertEquals(1, reports());
  }

  @Test
  @DisplayName("lets no answer that was overtaken bring the refused token back")
  void staysReplaced() throws Exception {
    answerReports("replaced");
    getToken();
    time.advance(seconds(3300));
    CountDownLatch release = new CountDownLatch(1);
    service.behave(
        request -> {
          if (rejected(request) != null) return token(100).with("x-token-rejection", "replaced");
          release.await();
          return Answer.of(200, "{\"access_token\":\"token-1\",\"expires_in\":300}");
        });
    getToken();
    revoked.add("token-1");
    assertEquals("GET  as token-2", get().body());
    release.countDown();
    settle();
    assertEquals("token-2", getToken());
  }

  @Test
  @DisplayName("does not keep the refused token either where the replacement may not be kept")
  void staysReplacedByTheImmortal() throws Exception {
    getToken();
    revoked.add("token-1");
    service.behave(
        request ->
            rejected(request) == null
                ? Answer.of(200, "{\"access_token\":\"token-1\",\"expires_in\":3600}")
                : Answer.of(200, "{\"access_token\":\"token-2\"}").with("x-token-rejection", "replaced"));
    assertEquals("GET  as token-2", get().body());
    getToken();
    service.behave(request -> token(3600));
    assertEquals("token-2", getToken());
  }

  static Stream<Arguments> bodies() throws IOException {
    InputStream stream = new ByteArrayInputStream("hello".getBytes());
    Path file = Files.createTempFile("body", null);
    Files.writeString(file, "hello");
    file.toFile().deleteOnExit();
    return Stream.of(
        Arguments.of("a string", BodyPublishers.ofString("hello"), true),
        Arguments.of("bytes", BodyPublishers.ofByteArray("hello".getBytes()), true),
        Arguments.of("a file", BodyPublishers.ofFile(file), true),
        Arguments.of("nothing", BodyPublishers.noBody(), true),
        Arguments.of("a stream", BodyPublishers.ofInputStream(() -> stream), false),
        Arguments.of("a publisher", BodyPublishers.fromPublisher(BodyPublishers.ofString("hello")), false),
        Arguments.of("a publisher of 5 bytes", BodyPublishers.fromPublisher(BodyPublishers.ofString("hello"), 5), false));
  }

  @ParameterizedTest(name = "sends a body from {0} once more: {2}. The token is replaced in any case")
  @MethodSource("bodies")
  void sendsAgainWhatCanBeSentTwice(String name, BodyPublisher body, boolean isSentAgain) throws Exception {
    answerReports("replaced");
    revoked.add("token-1");
    HttpResponse<String> response = client.send(request().POST(body).build(), BodyHandlers.ofString(), "prove");
    assertEquals(isSentAgain ? 200 : 401, response.statusCode());
    assertEquals(isSentAgain ? 2 : 1, api.received().size());
    for (var received : api.received()) assertEquals(name.equals("nothing") ? "" : "hello", received.body());
    assertEquals(1, reports());
    assertEquals("token-2", getToken());
  }

  @Test
  @DisplayName("asks the caller's body handler for the answer that the caller gets, and for no other")
  void asksTheHandlerOnce(@TempDir Path folder) throws Exception {
    answerReports("replaced");
    revoked.add("token-1");
    Path file = folder.resolve("body");
    api.behave(
        request ->
            bearer(request).equals("token-1") ? Answer.of(401, "a long refusal ".repeat(20_000)) : Answer.of(200, "ok"));
    assertEquals(200, client.send(request().build(), BodyHandlers.ofFile(file), "prove").statusCode());
    assertEquals("ok", Files.readString(file));
  }

  @Test
  @DisplayName("gives a long 401 to the caller as a stream, whole")
  void deliversALongRefusal() throws Exception {
    String refusal = "a long refusal ".repeat(200_000);
    api.behave(request -> Answer.of(401, refusal));
    service.behave(request -> rejected(request) == null ? token(60) : error(404, "unknown_provider"));
    HttpResponse<InputStream> response = client.send(request().build(), BodyHandlers.ofInputStream(), "prove");
    assertEquals(401, response.statusCode());
    assertEquals(refusal, new String(response.body().readAllBytes()));
  }

  @Test
  @DisplayName("passes on what a caller's body handler throws at a 401, as HttpClient does")
  void passesOnFailures() {
    revoked.add("token-1");
    service.behave(request -> rejected(request) == null ? token(60) : error(404, "unknown_provider"));
    assertThrows(
        IOException.class,
        () ->
            client.send(
                request().build(), BodyHandlers.ofFile(Path.of("/nowhere/at/all")), "prove"));
  }

  @Test
  @DisplayName("is interruptible while it reports, and the report goes on")
  void isInterruptible() throws Exception {
    getToken();
    revoked.add("token-1");
    CountDownLatch release = new CountDownLatch(1);
    service.behave(
        request -> {
          release.await();
          return token(3600).with("x-token-rejection", "replaced");
        });
    FutureTask<HttpResponse<String>> caller = new FutureTask<>(this::get);
    Thread thread = new Thread(caller);
    thread.start();
    time.awaitWaiters(2);
    thread.interrupt();
    assertInstanceOf(InterruptedException.class, assertThrows(ExecutionException.class, caller::get).getCause());
    release.countDown();
    settle();
    assertEquals("token-2", getToken());
  }

  @Test
  @DisplayName("sends nothing where there is no token")
  void sendsNothingWithoutAToken() {
    service.behave(request -> error(404, "unknown_provider"));
    assertEquals(404, assertThrows(VendingException.class, this::get).status());
    assertEquals(0, api.received().size());
  }

  @Test
  @DisplayName("reports and replaces tokens without expires_in, too")
  void replacesTheImmortal() throws Exception {
    service.behave(
        request -> Answer.of(200, "{\"access_token\":\"token-%d\"}".formatted(vended.incrementAndGet())));
    revoked.add("token-1");
    assertEquals("GET  as token-2", get().body());
    assertEquals(1, reports());
    assertTrue(getToken().equals("token-3"));
  }

  @Test
  @DisplayName("leaves 403 and everything else to the caller")
  void leavesTheRest() throws Exception {
    api.behave(request -> Answer.of(403, "no"));
    assertEquals(403, get().statusCode());
    assertEquals(0, reports());
  }
}

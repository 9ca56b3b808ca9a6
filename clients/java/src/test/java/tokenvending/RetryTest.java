package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenvending.FakeServer.Answer;

@DisplayName("A request to the vending service")
class RetryTest extends VendingTest {
  private static final Answer BUSY = error(503, "temporarily_unavailable").with("retry-after", "7");

  private VendingException failure() {
    return assertThrows(VendingException.class, this::getToken);
  }

  private void assertShortPauses(int count) {
    List<Duration> pauses = time.pauses();
    assertEquals(count, pauses.size());
    for (Duration pause : pauses) assertTrue(pause.toMillis() >= 100 && pause.toMillis() <= 300, pause.toString());
  }

  @ParameterizedTest(name = "is sent once more after {0} {1}")
  @CsvSource({
    "500, server_error",
    "502, provider_error",
    "503, temporarily_unavailable",
    "504, provider_timeout"
  })
  void isRetried(int status, String error) {
    service.behave(inTurn(error(status, error), token(3600)));
    assertEquals("token-1", getToken());
    assertShortPauses(1);
  }

  @Test
  @DisplayName("is sent twice at most")
  void isRetriedOnce() {
    service.behave(request -> error(502, "provider_error").with("x-amzn-requestid", "r-1"));
    VendingException error = failure();
    assertEquals(502, error.status());
    assertEquals("provider_error", error.error());
    assertEquals("Because of provider_error.", error.description());
    assertEquals("r-1", error.requestId());
    assertNull(error.retryAfterSeconds());
    assertEquals(2, service.received().size());
  }

  @ParameterizedTest(name = "is not sent again after {0} {1}")
  @CsvSource({
    "502, provider_rejected_credentials",
    "403, invalid_client",
    "403, unauthorized_client",
    "404, unknown_provider",
    "400, invalid_scope",
    "429, temporarily_unavailable",
    "302, invalid_response"
  })
  void isNotRetried(int status, String error) {
    service.behave(request -> error(status, error).with("location", service.url("/v1/tokens/other")));
    VendingException failure = failure();
    assertEquals(status, failure.status());
    assertEquals(error, failure.error());
    assertEquals(1, service.received().size());
    assertEquals(List.of(), time.pauses());
  }

  @Test
  @DisplayName("is sent once more when the connection breaks")
  void isRetriedAfterABrokenConnection() {
    FakeServer.Behaviour whole = request -> token(3600);
    service.behave(
        request -> {
          service.behave(whole);
          throw new IOException("closed without an answer");
        });
    assertEquals("token-1", getToken());
    assertShortPauses(1);
  }

  @Test
  @DisplayName("fails with the network's own error where there is nobody")
  void failsWhereThereIsNobody() {
    service.close();
    VendingException error = failure();
    assertEquals(0, error.status());
    assertEquals("network_error", error.error());
    assertInstanceOf(IOException.class, error.getCause());
    assertShortPauses(1);
  }

  @ParameterizedTest(name = "is sent once more after the retry-after of a {0}")
  @CsvSource({"503", "429"})
  void honoursRetryAfter(int status) {
    service.behave(inTurn(error(status, "temporarily_unavailable").with("retry-after", "7"), token(3600)));
    assertEquals("token-1", getToken());
    assertEquals(List.of(Duration.ofSeconds(7)), time.pauses());
  }

  @Test
  @DisplayName("honours a retry-after that is a date, by the service's own clock")
  void honoursADate() {
    Answer busy = error(503, "temporarily_unavailable").with("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT");
    service.behave(inTurn(busy, token(3600)));
    assertEquals("token-1", getToken());
    assertEquals(List.of(Duration.ZERO), time.pauses());
  }

  @Test
  @DisplayName("honours retry-after once")
  void honoursRetryAfterOnce() {
    service.behave(request -> BUSY);
    VendingException error = failure();
    assertEquals(503, error.status());
    assertEquals(7, error.retryAfterSeconds());
    assertEquals(2, service.received().size());
  }

  @ParameterizedTest(name = "does not wait {0} s if the caller has {1} s")
  @CsvSource({"7, 7", "30, 30", "31, 30", "999999999, 30"})
  void doesNotWaitInVain(String retryAfter, long timeout) {
    service.behave(request -> error(503, "temporarily_unavailable").with("retry-after", retryAfter));
    TokenRequest request = TokenRequest.of("prove").withTimeout(seconds(timeout));
    VendingException error = assertThrows(VendingException.class, () -> client.getToken(request));
    assertEquals(Integer.valueOf(retryAfter), error.retryAfterSeconds());
    assertEquals(1, service.received().size());
    assertEquals(List.of(), time.pauses());
  }

  @Test
  @DisplayName("is one again for all who wait for retry-after; who has no time for that learns so at once")
  void sharesTheSecondRequest() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    service.behave(
        request -> {
          release.await();
          return service.received().size() == 1 ? BUSY : token(3600);
        });
    TokenRequest hasty = TokenRequest.of("prove").withTimeout(seconds(5));
    Future<List<String>> patient = inBackground(() -> atOnce(50, this::getToken));
    Future<Token> impatient = inBackground(() -> client.getToken(hasty));
    time.awaitWaiters(52);
    release.countDown();
    assertEquals(Collections.nCopies(50, "token-1"), patient.get());
    VendingException error =
        assertInstanceOf(
            VendingException.class, assertThrows(ExecutionException.class, impatient::get).getCause());
    assertEquals(7, error.retryAfterSeconds());
    assertEquals(2, service.received().size());
  }

  @Test
  @DisplayName("fails for each of its callers with an exception of the caller's own")
  void failsForEach() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    service.behave(
        request -> {
          release.await();
          return error(404, "unknown_provider");
        });
    Future<List<VendingException>> callers = inBackground(() -> atOnce(2, this::failure));
    time.awaitWaiters(3);
    release.countDown();
    List<VendingException> errors = callers.get();
    assertEquals(1, service.received().size());
    assertTrue(errors.get(0) != errors.get(1));
    assertEquals(errors.get(0).getMessage(), errors.get(1).getMessage());
    for (VendingException error : errors) {
      assertTrue(List.of(error.getStackTrace()).toString().contains("RetryTest.failure"));
    }
  }

  @Test
  @DisplayName("goes to a fresh connection once those it had turn out to be dead")
  void outlivesDeadConnections() throws Exception {
    client.close();
    try (DyingServer dying = new DyingServer()) {
      client = builder().endpoint(dying.url()).build();
      // Two connections, both idle afterwards, both dead at the next use.
      CountDownLatch bothThere = dying.expectTogether(2);
      Future<String> one = inBackground(() -> client.getToken("a").accessToken());
      Future<String> two = inBackground(() -> client.getToken("b").accessToken());
      bothThere.await();
      assertEquals("short", one.get());
      assertEquals("short", two.get());
      assertEquals("short", client.getToken("c").accessToken());
      assertEquals("short", client.getToken("d").accessToken());
    }
  }
}

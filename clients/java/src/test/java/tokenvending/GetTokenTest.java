package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tokenvending.FakeServer.Answer;
import tokenvending.FakeServer.Received;

@DisplayName("getToken")
class GetTokenTest extends VendingTest {
  @Test
  @DisplayName("asks as an OAuth client does, signed, and hands out what was answered")
  void asks() {
    service.behave(
        request ->
            Answer.of(200, "{\"access_token\":\"a.b\",\"token_type\":\"bearer\",\"expires_in\":60,\"scope\":\"r w\"}"));
    Token token = client.getToken(TokenRequest.of("prove-eu").withScopes("w", "r", "w"));
    assertEquals(new Token("a.b", "Bearer", time.wall().plusSeconds(60), "r w"), token);
    Received request = service.received().get(0);
    assertEquals("POST", request.method());
    assertEquals("/v1/tokens/prove-eu", request.path());
    assertEquals("application/x-www-form-urlencoded", request.header("content-type"));
    assertEquals("grant_type=client_credentials&scope=r+w", request.body());
    assertEquals("session", request.header("x-amz-security-token"));
    assertTrue(request.header("authorization").startsWith("AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/"));
    assertTrue(request.header("authorization").contains("/eu-central-1/execute-api/aws4_request"));
  }

  @Test
  @DisplayName("sends one request for a hundred callers, and none afterwards")
  void shares() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    service.behave(
        request -> {
          release.await();
          return token(3600);
        });
    Future<List<String>> callers = inBackground(() -> atOnce(100, this::getToken));
    time.awaitWaiters(101);
    release.countDown();
    assertEquals(Collections.nCopies(100, "token-1"), callers.get());
    assertEquals("token-1", getToken());
    assertEquals(1, service.received().size());
  }

  @Test
  @DisplayName("holds a token for each provider and each set of scopes")
  void keepsApart() {
    assertEquals("token-1", getToken());
    assertEquals("token-2", client.getToken("pipeshub").accessToken());
    assertEquals("token-3", client.getToken(TokenRequest.of("prove").withScopes("a", "b")).accessToken());
    assertEquals("token-3", client.getToken(TokenRequest.of("prove").withScopes("b a")).accessToken());
    assertEquals("token-1", getToken());
  }

  @Test
  @DisplayName("serves a token of 20 s for 20 s, and waits for another after that")
  void usesAllOfItsLife() {
    service.behave(inTurn(token(20), error(403, "unauthorized_client")));
    assertEquals("token-1", getToken());
    time.advance(seconds(20).minusNanos(1));
    assertEquals("token-1", getToken());
    settle();
    time.advance(seconds(1));
    assertThrows(VendingException.class, this::getToken);
  }

  @Test
  @DisplayName("is not fooled by a clock for ages that stood still, nor by a wall clock that was set back")
  void survivesFreezesAndClockChanges() {
    assertEquals("token-1", getToken());
    time.setWall(seconds(-7200));
    assertEquals("token-1", getToken());
    time.setWall(seconds(3600));
    assertEquals("token-2", getToken());
  }

  @Test
  @DisplayName("hands out a token without expires_in and does not keep it")
  void doesNotKeepTheImmortal() {
    service.behave(
        request -> Answer.of(200, "{\"access_token\":\"token-%d\"}".formatted(vended.incrementAndGet())));
    assertNull(client.getToken("prove").expiresAt());
    assertEquals("token-2", getToken());
  }

  @Test
  @DisplayName("does not remember a failure")
  void forgetsFailures() {
    service.behave(inTurn(error(403, "unauthorized_client"), token(3600)));
    assertThrows(VendingException.class, this::getToken);
    assertEquals("token-1", getToken());
  }

  @Test
  @DisplayName("leaves at its deadline, while the request goes on for others")
  void hasADeadline() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    service.behave(
        request -> {
          release.await();
          return token(3600);
        });
    Future<Token> caller = inBackground(() -> client.getToken(TokenRequest.of("prove").withTimeout(seconds(2))));
    time.awaitWaiters(2);
    time.advance(seconds(2));
    VendingException error = (VendingException) assertThrows(ExecutionException.class, caller::get).getCause();
    assertEquals(0, error.status());
    assertEquals("timeout", error.error());
    release.countDown();
    assertEquals("token-1", getToken());
    assertEquals(1, service.received().size());
  }

  @Test
  @DisplayName("leaves when it is interrupted, with the thread still marked, while the request goes on for others")
  void isInterruptible() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    service.behave(
        request -> {
          release.await();
          return token(3600);
        });
    FutureTask<Boolean> caller =
        new FutureTask<>(
            () -> {
              VendingException error = assertThrows(VendingException.class, this::getToken);
              assertEquals(InterruptedException.class, error.getCause().getClass());
              return Thread.interrupted();
            });
    Thread thread = new Thread(caller);
    thread.start();
    time.awaitWaiters(2);
    thread.interrupt();
    assertTrue(caller.get());
    release.countDown();
    assertEquals("token-1", getToken());
    assertEquals(1, service.received().size());
  }

  @Test
  @DisplayName("needs no waiting, and so minds no interruption, while a token is held")
  void mindsNoInterruptionWhileHeld() {
    getToken();
    Thread.currentThread().interrupt();
    assertEquals("token-1", getToken());
    assertTrue(Thread.interrupted());
  }

  @Test
  @DisplayName("has all of its own time, also where the request that it joined has run out of its own")
  void inheritsNobodysDeadline() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch arrived = new CountDownLatch(1);
    service.behave(
        request -> {
          arrived.countDown();
          if (service.received().size() == 1) release.await();
          return token(3600);
        });
    Future<String> early = inBackground(this::getToken);
    time.awaitWaiters(2);
    arrived.await();
    time.advance(seconds(20));
    Future<String> late = inBackground(this::getToken);
    time.awaitWaiters(3);
    time.advance(seconds(10));
    VendingException error = (VendingException) assertThrows(ExecutionException.class, early::get).getCause();
    assertEquals("timeout", error.error());
    assertEquals("token-1", late.get());
    assertEquals(2, service.received().size());
    release.countDown();
  }

  @Test
  @DisplayName("takes any deadline")
  void takesAnyDeadline() {
    TokenRequest patient = TokenRequest.of("prove").withTimeout(seconds(Long.MAX_VALUE));
    assertEquals("token-1", client.getToken(patient).accessToken());
    assertThrows(IllegalArgumentException.class, () -> patient.withTimeout(seconds(0)));
  }

  @Test
  @DisplayName("starts anew where a request hangs beyond its time, in a credential process for example")
  void doesNotJoinTheHanging() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    HangingOnce credentials = new HangingOnce(release);
    client.close();
    client = builder().credentialsProvider(credentials).build();
    Future<String> first = inBackground(this::getToken);
    credentials.isHanging.await();
    time.awaitWaiters(1);
    time.advance(seconds(31));
    assertThrows(ExecutionException.class, first::get);
    assertEquals("token-1", getToken());
    release.countDown();
  }
}

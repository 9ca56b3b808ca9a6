package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("minTtl")
class MinTtlTest extends VendingTest {
  private String getToken(long minTtl) {
    return client.getToken(TokenRequest.of("prove").withMinTtl(seconds(minTtl))).accessToken();
  }

  private String minTtlAsked(int request) {
    return service.received().get(request).form().get("min_ttl");
  }

  @Test
  @DisplayName("is asked of the service where the held token has less life left")
  void isAsked() {
    assertEquals("token-1", getToken(3600));
    time.advance(seconds(1));
    assertEquals("token-1", getToken(3599));
    assertEquals(1, service.received().size());
    assertEquals("token-2", getToken(3600));
    assertEquals("3600", minTtlAsked(1));
    assertEquals("token-2", getToken());
  }

  @Test
  @DisplayName("that cannot be met brings the longest-lived token, and is asked once in 30 s")
  void isAskedSeldom() {
    assertEquals("token-1", getToken());
    service.behave(request -> token(10));
    assertEquals("token-1", getToken(7200));
    assertEquals("token-1", getToken(7200));
    assertEquals(2, service.received().size());
    time.advance(seconds(30));
    assertEquals("token-1", getToken(7200));
    assertEquals(3, service.received().size());
  }

  @Test
  @DisplayName("brings the held token where the service fails, and does not trouble it at the callers' rate")
  void fallsBack() {
    assertEquals("token-1", getToken());
    service.behave(request -> error(503, "temporarily_unavailable").with("retry-after", "5"));
    assertEquals("token-1", getToken(7200));
    assertEquals("token-1", getToken(7200));
    assertEquals(2, service.received().size());
    assertEquals(java.util.List.of(), time.pauses());
  }

  @Test
  @DisplayName("joins a request that asks for less, and asks itself only if that was not enough")
  void joins() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    service.behave(
        request -> {
          release.await();
          return token(request.form().containsKey("min_ttl") ? 3600 : 60);
        });
    Future<String> any = inBackground(() -> getToken());
    time.awaitWaiters(2);
    Future<String> little = inBackground(() -> getToken(50));
    Future<String> much = inBackground(() -> getToken(600));
    time.awaitWaiters(4);
    release.countDown();
    assertEquals("token-1", any.get());
    assertEquals("token-1", little.get());
    assertEquals("token-2", much.get());
    assertEquals(2, service.received().size());
  }

  @Test
  @DisplayName("must be between 0 and a day; fractions are rounded up")
  void isChecked() {
    TokenRequest request = TokenRequest.of("prove");
    assertThrows(IllegalArgumentException.class, () -> request.withMinTtl(seconds(-1)));
    assertThrows(IllegalArgumentException.class, () -> request.withMinTtl(seconds(86_401)));
    assertEquals(2, request.withMinTtl(seconds(1).plusNanos(1)).minTtlSeconds());
    assertEquals(86_400, request.withMinTtl(seconds(86_400)).minTtlSeconds());
  }
}

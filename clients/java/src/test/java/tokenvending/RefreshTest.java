package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tokenvending.FakeServer.Answer;

@DisplayName("A held token")
class RefreshTest extends VendingTest {
  @ParameterizedTest(name = "that lives for {0} s is refreshed from {1} s before its end")
  @CsvSource({"3600, 360", "600, 60", "599, 60", "300, 60", "299, 29.9", "100, 10", "20, 2", "1, 0.1"})
  void isRefreshedAhead(long lifetime, double before) {
    service.behave(inTurn(token(lifetime), token(3600)));
    getToken();
    time.advance(seconds(lifetime).minusMillis((long) (before * 1000) + 1));
    assertEquals("token-1", getToken());
    settle();
    assertEquals(1, service.received().size());
    time.advance(java.time.Duration.ofMillis(1));
    assertEquals("token-1", getToken());
    settle();
    assertEquals("token-2", getToken());
    assertEquals(2, service.received().size());
  }

  @Test
  @DisplayName("is handed out while its refresh is on its way, of which there is one")
  void servesWhileItIsRefreshed() throws Exception {
    getToken();
    CountDownLatch release = new CountDownLatch(1);
    service.behave(
        request -> {
          release.await();
          return token(3600);
        });
    time.advance(seconds(3300));
    atOnce(100, () -> assertDoesHold("token-1"));
    release.countDown();
    settle();
    assertDoesHold("token-2");
    assertEquals(2, service.received().size());
  }

  private Void assertDoesHold(String token) {
    assertEquals(token, getToken());
    return null;
  }

  @Test
  @DisplayName("outlives failed refreshes, which are tried again after 1, 2, 4, 8, 16, 30, 30 s")
  void backsOff() {
    getToken();
    service.behave(request -> error(404, "unknown_provider"));
    time.advance(seconds(3240));
    for (int pause : new int[] {1, 2, 4, 8, 16, 30, 30}) {
      int before = service.received().size();
      assertDoesHold("token-1");
      settle();
      assertEquals(before + 1, service.received().size());
      time.advance(seconds(pause).minusMillis(1));
      assertDoesHold("token-1");
      settle();
      assertEquals(before + 1, service.received().size());
      time.advance(java.time.Duration.ofMillis(1));
    }
    service.behave(request -> token(3600));
    assertDoesHold("token-1");
    settle();
    assertDoesHold("token-2");
  }

  @Test
  @DisplayName("is not refreshed before the service wants to be asked again")
  void heedsRetryAfter() {
    getToken();
    service.behave(inTurn(error(503, "temporarily_unavailable").with("retry-after", "90"), token(3600)));
    time.advance(seconds(3300));
    assertDoesHold("token-1");
    settle();
    time.advance(seconds(89));
    assertDoesHold("token-1");
    settle();
    assertEquals(2, service.received().size());
    time.advance(seconds(1));
    assertDoesHold("token-1");
    settle();
    assertDoesHold("token-2");
    assertEquals(java.util.List.of(), time.pauses());
  }

  @Test
  @DisplayName("gives way to a wait for a new one when it has expired, whatever refresh has failed before")
  void expires() {
    getToken();
    service.behave(request -> error(404, "unknown_provider"));
    time.advance(seconds(3599));
    assertDoesHold("token-1");
    settle();
    time.advance(seconds(1));
    assertEquals("unknown_provider", assertThrows(VendingException.class, this::getToken).error());
    service.behave(request -> token(3600));
    assertDoesHold("token-2");
  }

  @Test
  @DisplayName("is kept where another instance of the service answers with an older one")
  void isNotReplacedByAnOlderOne() {
    getToken();
    service.behave(inTurn(token(100), token(3600)));
    time.advance(seconds(3300));
    assertDoesHold("token-1");
    settle();
    assertDoesHold("token-1");
    settle();
    assertEquals(2, service.received().size());
    time.advance(seconds(1));
    assertDoesHold("token-1");
    settle();
    assertDoesHold("token-3");
  }

  @Test
  @DisplayName("is kept where the refresh brings one without expires_in")
  void isNotReplacedByTheImmortal() {
    getToken();
    service.behave(request -> Answer.of(200, "{\"access_token\":\"x\"}"));
    time.advance(seconds(3300));
    assertDoesHold("token-1");
    settle();
    assertDoesHold("token-1");
  }
}

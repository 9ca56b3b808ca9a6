package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tokenvending.FakeServer.Answer;

@DisplayName("Many callers of several providers and scopes at once")
class StormTest extends VendingTest {
  private static final int CALLERS = 200;

  @Test
  @DisplayName("get each the token asked for, by one request each, though some are interrupted")
  void getTheirOwn() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    service.behave(
        request -> {
          release.await();
          String asked = request.path() + "?" + request.form().getOrDefault("scope", "");
          return Answer.of(200, "{\"access_token\":\"%s\",\"expires_in\":60}".formatted(asked.replace(' ', '+')));
        });
    Random random = new Random(15);
    List<Thread> threads = new ArrayList<>();
    List<Object> outcomes = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      String provider = "p" + random.nextInt(4);
      String scopes = List.of("", "a", "b a").get(random.nextInt(3));
      expected.add("/v1/tokens/" + provider + "?" + (scopes.equals("b a") ? "a+b" : scopes));
      outcomes.add(null);
      threads.add(call(TokenRequest.of(provider).withScopes(scopes), outcomes, caller));
    }
    for (Thread thread : threads) thread.start();
    // All of them, and the requests of four providers with three sets of scopes.
    time.awaitWaiters(CALLERS + 12);
    for (int caller = 0; caller < CALLERS; caller += 10) threads.get(caller).interrupt();
    for (int caller = 0; caller < CALLERS; caller += 10) threads.get(caller).join();
    release.countDown();
    for (Thread thread : threads) thread.join();
    for (int caller = 0; caller < CALLERS; caller++) {
      if (caller % 10 == 0) assertInstanceOf(VendingException.class, outcomes.get(caller));
      else assertEquals(expected.get(caller), outcomes.get(caller));
    }
    assertEquals(12, service.received().size());
  }

  private Thread call(TokenRequest request, List<Object> outcomes, int caller) {
    return new Thread(
        () -> {
          Object outcome;
          try {
            outcome = client.getToken(request).accessToken();
          } catch (VendingException e) {
            outcome = e;
          }
          synchronized (outcomes) {
            outcomes.set(caller, outcome);
          }
        });
  }
}

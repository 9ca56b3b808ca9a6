package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tokenvending.FakeServer.Answer;

@DisplayName("A redirect of the API")
class RedirectTest extends ApiTest {
  @Test
  @DisplayName("is the caller's: the token goes nowhere")
  void isTheCallers() throws Exception {
    try (FakeServer elsewhere = new FakeServer(request -> Answer.of(401, ""))) {
      api.behave(request -> Answer.of(302, "moved").with("location", elsewhere.url("/")));
      HttpResponse<String> response = get();
      assertEquals(302, response.statusCode());
      assertEquals("moved", response.body());
      assertEquals(0, elsewhere.received().size());
      assertEquals(0, reports());
    }
  }

  @Test
  @DisplayName("is not followed by an HttpClient of the caller's own either, for that would take the token along")
  void isNotForTheJdk() {
    for (Redirect policy : new Redirect[] {Redirect.NORMAL, Redirect.ALWAYS}) {
      HttpClient following = HttpClient.newBuilder().followRedirects(policy).build();
      assertThrows(IllegalArgumentException.class, () -> builder().httpClient(following).build());
    }
  }
}

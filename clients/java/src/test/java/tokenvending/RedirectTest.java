package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenvending.FakeServer.Answer;
import tokenvending.FakeServer.Received;

@DisplayName("A redirect of the API")
class RedirectTest extends ApiTest {
  private FakeServer elsewhere;

  @BeforeEach
  void follow() throws IOException {
    elsewhere = new FakeServer(request -> Answer.of(200, "elsewhere"));
    client.close();
    client = builder().followRedirects(Redirect.NORMAL).build();
  }

  @AfterEach
  void stopElsewhere() {
    elsewhere.close();
  }

  private void redirect(int status, String location) {
    api.behave(
        request ->
            request.path().equals("/resource")
                ? Answer.of(status, "moved").with("location", location)
                : Answer.of(revoked.contains(String.valueOf(bearer(request))) ? 401 : 200, request.method() + request.body()));
  }

  @Test
  @DisplayName("is the caller's unless the client is told to follow")
  void isNotFollowed() throws Exception {
    client.close();
    client = builder().build();
    redirect(302, elsewhere.url("/"));
    HttpResponse<String> response = get();
    assertEquals(302, response.statusCode());
    assertEquals("moved", response.body());
    assertEquals(0, elsewhere.received().size());
  }

  @Test
  @DisplayName("to another host takes no token and no cookie along")
  void takesNothingAlong() throws Exception {
    redirect(302, elsewhere.url("/there"));
    var request = request().header("cookie", "a=b").header("x-mine", "1").build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString(), "prove");
    assertEquals("elsewhere", response.body());
    assertEquals(elsewhere.url("/there"), response.uri().toString());
    Received received = elsewhere.received().get(0);
    assertNull(received.header("authorization"));
    assertNull(received.header("cookie"));
    assertEquals("1", received.header("x-mine"));
  }

  @Test
  @DisplayName("to another host and back takes no token along either")
  void takesNothingBack() throws Exception {
    redirect(307, elsewhere.url("/"));
    elsewhere.behave(request -> Answer.of(307, "").with("location", api.url("/back")));
    assertEquals(200, get().statusCode());
    assertNull(bearer(api.received().get(1)));
  }

  @Test
  @DisplayName("to another host that answers 401 is nobody's report")
  void isNobodysReport() throws Exception {
    redirect(302, elsewhere.url("/"));
    elsewhere.behave(request -> Answer.of(401, "not you"));
    HttpResponse<String> response = get();
    assertEquals(401, response.statusCode());
    assertEquals("not you", response.body());
    assertEquals(0, reports());
  }

  @Test
  @DisplayName("on the same host takes the token along, and a 401 from there is reported")
  void takesTheTokenAlong() throws Exception {
    answerReports("replaced");
    redirect(308, "/moved");
    revoked.add("token-1");
    assertEquals(200, get().statusCode());
    assertEquals(java.util.List.of("token-1", "token-1", "token-2", "token-2"), tokensSeen());
    assertEquals(1, reports());
  }

  @ParameterizedTest(name = "{0} makes of {1} {2}")
  @CsvSource({
    "301, POST, GET", "302, POST, GET", "303, POST, GET", "303, PUT, GET", "303, HEAD, HEADx",
    "301, PUT, PUTx", "307, POST, POSTx", "308, POST, POSTx", "302, GET, GETx"
  })
  void choosesTheMethod(int status, String method, String seen) throws Exception {
    redirect(status, "/moved");
    var request = request().method(method, BodyPublishers.ofString("x")).build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString(), "prove");
    assertEquals(200, response.statusCode());
    Received received = api.received().get(1);
    assertEquals(seen, received.method() + received.body());
  }

  @Test
  @DisplayName("that needs a body which cannot be sent twice is the caller's")
  void needsABody() throws Exception {
    redirect(307, "/moved");
    var body = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream("x".getBytes()));
    HttpResponse<String> response = client.send(request().POST(body).build(), BodyHandlers.ofString(), "prove");
    assertEquals(307, response.statusCode());
    assertEquals("moved", response.body());
  }

  @ParameterizedTest(name = "to {0} is the caller's")
  @ValueSource(strings = {"ftp://127.0.0.1/", "http:///nowhere", "not a URL %", "mailto:x@y", "file:///etc/hosts"})
  void leadsNowhere(String location) throws Exception {
    redirect(302, location);
    assertEquals(302, get().statusCode());
  }

  @Test
  @DisplayName("after five others is the caller's")
  void ends() throws Exception {
    api.behave(request -> Answer.of(302, "").with("location", "/resource"));
    assertEquals(302, get().statusCode());
    assertEquals(6, api.received().size());
  }

  @Test
  @DisplayName("is never followed by an HttpClient of the caller's own, which would take the token along")
  void isNotForTheJdk() {
    HttpClient following = HttpClient.newBuilder().followRedirects(Redirect.NORMAL).build();
    assertThrows(IllegalArgumentException.class, () -> builder().httpClient(following).build());
  }
}

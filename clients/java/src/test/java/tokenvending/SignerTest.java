package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenvending.FakeServer.Received;

@DisplayName("sign")
class SignerTest extends VendingTest {
  private static final byte[] BODY = "grant_type=client_credentials".getBytes();

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(service.url(path)));
  }

  private String signature(HttpRequest request) {
    return request.headers().firstValue("authorization").orElseThrow();
  }

  @Test
  @DisplayName("signs a request to the vending endpoint and keeps everything else of it")
  void signs() throws Exception {
    HttpRequest request =
        request("/v1/tokens/prove")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", "Basic eDp5")
            .header("x-mine", "1")
            .timeout(Duration.ofSeconds(3))
            .POST(BodyPublishers.ofString("another body"))
            .build();
    HttpRequest signed = client.signer().sign(request, BODY);
    assertEquals(Duration.ofSeconds(3), signed.timeout().orElseThrow());
    HttpClient.newHttpClient().send(signed, BodyHandlers.discarding());
    Received received = service.received().get(0);
    assertEquals("POST", received.method());
    assertEquals(new String(BODY), received.body());
    assertEquals("1", received.header("x-mine"));
    assertTrue(received.header("authorization").startsWith("AWS4-HMAC-SHA256 "));
    assertTrue(received.header("authorization").contains("SignedHeaders=content-type;host;x-amz-"));
  }

  @Test
  @DisplayName("replaces an older signature")
  void signsAgain() {
    HttpRequest once = client.signer().sign(request("/v1/health").build(), null);
    time.advance(seconds(300));
    HttpRequest twice = client.signer().sign(once, null);
    assertNotEquals(signature(once), signature(twice));
    for (List<String> values : twice.headers().map().values()) assertEquals(1, values.size());
    assertEquals("GET", twice.method());
    assertEquals(0, twice.bodyPublisher().map(HttpRequest.BodyPublisher::contentLength).orElse(0L));
  }

  @Test
  @DisplayName("covers the method, the path, the query and the body")
  void coversEverything() {
    VendingSigner signer = client.signer();
    String signature = signature(signer.sign(request("/v1/tokens/a").POST(BodyPublishers.noBody()).build(), BODY));
    for (HttpRequest other :
        List.of(
            signer.sign(request("/v1/tokens/a").PUT(BodyPublishers.noBody()).build(), BODY),
            signer.sign(request("/v1/tokens/b").POST(BodyPublishers.noBody()).build(), BODY),
            signer.sign(request("/v1/tokens/a?x=1").POST(BodyPublishers.noBody()).build(), BODY),
            signer.sign(request("/v1/tokens/a").POST(BodyPublishers.noBody()).build(), null))) {
      assertNotEquals(signature, signature(other));
    }
  }

  @ParameterizedTest(name = "leaves a request to {0} as it is")
  @ValueSource(
      strings = {
        "http://127.0.0.1:1/v1/tokens/prove",
        "http://localhost:PORT/v1/tokens/prove",
        "https://127.0.0.1:PORT/v1/tokens/prove",
        "http://127.0.0.1:PORT/v2/tokens/prove",
        "http://127.0.0.1:PORT/v10",
        "http://127.0.0.1:PORT/v1/../other",
        "http://127.0.0.1:PORT/",
        "https://api.example.com/v1/tokens/prove"
      })
  void leaves(String uri) {
    int port = URI.create(service.url("/")).getPort();
    HttpRequest request = HttpRequest.newBuilder(URI.create(uri.replace("PORT", "" + port))).build();
    HttpRequest signed = client.signer().sign(request, BODY);
    assertSame(request, signed);
    assertEquals(Map.of(), signed.headers().map());
  }

  @Test
  @DisplayName("says in toString where and for which region, and nothing of the credentials")
  void isDiscreet() {
    assertEquals(
        "VendingSigner[endpoint=%s, region=eu-central-1]".formatted(service.url("/v1")), client.signer().toString());
    assertFalse(client.signer().toString().contains("secret"));
  }
}

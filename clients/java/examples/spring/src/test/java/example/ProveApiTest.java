package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.client.ClientAuthorizationException;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import tokenvending.VendingClient;

@DisplayName("Spring's RestClient")
class ProveApiTest {
  private final List<String> tokenRequests = Collections.synchronizedList(new ArrayList<>());
  private final List<String> signatures = Collections.synchronizedList(new ArrayList<>());
  private volatile String held = "token-1";
  private volatile String error = null;
  private volatile String revoked = "";
  private HttpServer server;
  private VendingClient vending;
  private RestClient api;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/tokens/prove", this::vend);
    server.createContext("/api", this::serve);
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    vending =
        VendingClient.builder()
            .endpoint(url + "/v1")
            .region("us-east-1")
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIAEXAMPLE", "secret")))
            .build();
    api = ProveApi.create(url + "/v1", vending.signer(), url + "/api");
  }

  @AfterEach
  void stop() {
    vending.close();
    server.stop(0);
  }

  /** Holds a token until that very token is reported, as the vending service does. */
  private void vend(HttpExchange exchange) throws IOException {
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
    tokenRequests.add(form);
    signatures.add(String.valueOf(exchange.getRequestHeaders().getFirst("authorization")));
    if (form.contains("rejected_token_sha256=")) held = "token-2";
    answer(
        exchange,
        error == null ? 200 : 404,
        error == null ? "{\"access_token\":\"" + held + "\",\"token_type\":\"Bearer\",\"expires_in\":3600}" : error);
  }

  private void serve(HttpExchange exchange) throws IOException {
    String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("authorization"));
    boolean isRefused = authorization.equals("Bearer " + revoked);
    answer(exchange, isRefused ? 401 : 200, "{\"as\":\"" + authorization + "\"}");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(status, body.length());
    exchange.getResponseBody().write(body.getBytes(StandardCharsets.US_ASCII));
    exchange.close();
  }

  private String get() {
    return api.get().uri("/resource").retrieve().body(String.class);
  }

  @Test
  @DisplayName("has its token from the vending service, asked for once and signed")
  void isAuthorized() {
    assertEquals("{\"as\":\"Bearer token-1\"}", get());
    assertEquals("{\"as\":\"Bearer token-1\"}", get());
    assertEquals(List.of("grant_type=client_credentials&client_id=prove"), tokenRequests);
    assertTrue(signatures.get(0).startsWith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/"));
    assertTrue(signatures.get(0).contains("SignedHeaders=content-type;host;"));
  }

  @Test
  @DisplayName("reports a refused token with the next request")
  void reports() {
    get();
    revoked = "token-1";
    assertThrows(HttpClientErrorException.Unauthorized.class, this::get);
    assertEquals("{\"as\":\"Bearer token-2\"}", get());
    assertEquals(2, tokenRequests.size());
    assertTrue(tokenRequests.get(1).contains("rejected_token_sha256="));
  }

  @Test
  @DisplayName("fails with the vending service's own error")
  void fails() {
    error = "{\"error\":\"unknown_provider\",\"error_description\":\"There is no such provider.\"}";
    ClientAuthorizationException failure = assertThrows(ClientAuthorizationException.class, this::get);
    assertEquals("unknown_provider", failure.getError().getErrorCode());
    assertEquals("There is no such provider.", failure.getError().getDescription());
  }

  @Test
  @DisplayName("fails with the status where the answer is no OAuth error")
  void failsWithoutAnError() {
    error = "{\"message\":\"Forbidden\"}";
    ClientAuthorizationException failure = assertThrows(ClientAuthorizationException.class, this::get);
    assertTrue(failure.getError().getDescription().contains("404"));
  }
}

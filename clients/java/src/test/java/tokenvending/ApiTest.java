package tokenvending;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import tokenvending.FakeServer.Answer;
import tokenvending.FakeServer.Received;

/** A provider's API that accepts vended tokens but those which the test has revoked. */
abstract class ApiTest extends VendingTest {
  final Set<String> revoked = ConcurrentHashMap.newKeySet();
  FakeServer api;

  @BeforeEach
  void startApi() throws IOException {
    api = new FakeServer(this::serve);
  }

  @AfterEach
  void stopApi() {
    api.close();
  }

  private Answer serve(Received request) {
    String token = bearer(request);
    boolean isAccepted = token != null && token.startsWith("token-") && !revoked.contains(token);
    return isAccepted
        ? Answer.of(200, "%s %s as %s".formatted(request.method(), request.body(), token))
        : Answer.of(401, "refused " + token);
  }

  static String bearer(Received request) {
    String header = request.header("authorization");
    return header == null ? null : header.replaceFirst("^Bearer ", "");
  }

  /** A vending service that knows which tokens are revoked, as it replaces each that is reported. */
  void answerReports(String rejection) {
    service.behave(request -> rejected(request) == null ? token(3600) : token(3600).with("x-token-rejection", rejection));
  }

  HttpResponse<String> get() throws IOException, InterruptedException {
    return client.send(request().build(), BodyHandlers.ofString(), "prove");
  }

  HttpRequest.Builder request() {
    return HttpRequest.newBuilder(URI.create(api.url("/resource")));
  }

  List<String> tokensSeen() {
    return api.received().stream().map(ApiTest::bearer).toList();
  }
}

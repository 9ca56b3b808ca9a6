package tokenvending;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;

/** Plays the scenarios that all clients have in common; {@code test/clients/README.md} says how they are told. */
final class Driver {
  private static final JsonNodeParser PARSER = JsonNodeParser.create();

  private final PrintStream replies;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient plainHttp = HttpClient.newHttpClient();
  private ShiftedTime time = new ShiftedTime(0);
  private VendingClient client;
  private volatile Object lastToken = "no token yet";
  private volatile Throwable lastError;

  private Driver(PrintStream replies) {
    this.replies = replies;
  }

  public static void main(String[] arguments) throws IOException {
    Driver driver = new Driver(new PrintStream(System.out, true, StandardCharsets.UTF_8));
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      if (line.isBlank()) continue;
      JsonNode command = PARSER.parse(line);
      // What changes the client itself is done before the next command is read.
      if (List.of("new", "advance").contains(text(command, "op").orElse(""))) driver.carryOut(command);
      else driver.threads.execute(() -> driver.carryOut(command));
    }
    System.exit(0);
  }

  private void carryOut(JsonNode command) {
    Map<String, Object> reply = new LinkedHashMap<>();
    command.field("id").ifPresent(id -> reply.put("id", id));
    try {
      switch (text(command, "op").orElse("")) {
        case "new" -> replaceClient(command);
        case "advance" -> time.advance(number(command, "ms").orElse(0L));
        case "getToken" -> reply.put("results", getTokens(command));
        case "request" -> reply.put("results", repeat(command, () -> request(command)));
        case "sign" -> reply.put("results", List.of(result(() -> sign(command))));
        case "settle" -> client().settled().join();
        case "inspect" -> reply.put("text", inspect());
        case "fork" -> reply.put("results", fork(command));
        default -> reply.put("failed", "no such op");
      }
    } catch (Exception e) {
      reply.put("failed", e.toString());
    }
    synchronized (replies) {
      replies.println(JsonText.of(reply));
    }
  }

  private synchronized VendingClient client() {
    if (client == null) client = builder().build();
    return client;
  }

  private VendingClient.Builder builder() {
    return VendingClient.builder().time(time);
  }

  private synchronized void replaceClient(JsonNode command) {
    if (client != null) client.close();
    time = new ShiftedTime(number(command, "wallOffsetMs").orElse(0L));
    VendingClient.Builder builder = builder();
    text(command, "endpoint").ifPresent(builder::endpoint);
    text(command, "region").ifPresent(builder::region);
    client = builder.build();
  }

  private List<Object> getTokens(JsonNode command) throws Exception {
    TokenRequest request = tokenRequest(command);
    long cancelAfterMs = number(command, "cancelAfterMs").orElse(-1L);
    return repeat(command, () -> token(client().getToken(request)), cancelAfterMs);
  }

  private static TokenRequest tokenRequest(JsonNode command) {
    TokenRequest request = TokenRequest.of(text(command, "provider").orElse("prove"));
    if (text(command, "scope").isPresent()) request = request.withScopes(text(command, "scope").get());
    if (number(command, "minTtlSeconds").isPresent()) {
      request = request.withMinTtl(Duration.ofSeconds(number(command, "minTtlSeconds").get()));
    }
    if (number(command, "timeoutMs").isPresent()) {
      request = request.withTimeout(Duration.ofMillis(number(command, "timeoutMs").get()));
    }
    return request;
  }

  private Object request(JsonNode command) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(text(command, "url").orElseThrow()));
    boolean isOneShot = command.field("oneShotBody").map(node -> !node.isBoolean() || node.asBoolean()).orElse(false);
    String body = text(command, "body").or(() -> text(command, "oneShotBody")).orElse(isOneShot ? "once" : null);
    request.method(method(command, body), publisher(body, isOneShot));
    return answer(client().send(request.build(), BodyHandlers.ofString(), tokenRequest(command)));
  }

  private static BodyPublisher publisher(String body, boolean isOneShot) {
    if (body == null) return BodyPublishers.noBody();
    if (!isOneShot) return BodyPublishers.ofString(body);
    InputStream stream = new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
    return BodyPublishers.ofInputStream(() -> stream);
  }

  private Object sign(JsonNode command) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(text(command, "url").orElseThrow()));
    String body = text(command, "body").orElse(null);
    request.method(method(command, body), publisher(body, false));
    command.field("headers").ifPresent(headers ->
        headers.asObject().forEach((name, value) -> request.header(name, value.asString())));
    byte[] content = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
    HttpRequest signed = client().signer().sign(request.build(), content);
    return answer(plainHttp.send(signed, BodyHandlers.ofString()));
  }

  private static String method(JsonNode command, String body) {
    return text(command, "method").orElse(body == null ? "GET" : "POST");
  }

  private List<Object> fork(JsonNode command) throws Exception {
    List<Thread> started = new ArrayList<>();
    Object[] results = new Object[8];
    for (int i = 0; i < results.length; i++) {
      int index = i;
      Thread thread = new Thread(() -> results[index] = result(() -> token(client().getToken(tokenRequest(command)))));
      thread.start();
      started.add(thread);
    }
    for (Thread thread : started) thread.join();
    return List.of(results);
  }

  private String inspect() {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    out.println(client());
    out.println(client().signer());
    out.println(builder());
    out.println(lastToken);
    out.printf("%s %s%n", lastToken, String.valueOf(lastToken));
    if (lastError != null) lastError.printStackTrace(out);
    return text.toString();
  }

  private List<Object> repeat(JsonNode command, Callable<Object> call) throws Exception {
    return repeat(command, call, -1);
  }

  private List<Object> repeat(JsonNode command, Callable<Object> call, long cancelAfterMs) throws Exception {
    int times = number(command, "times").orElse(1L).intValue();
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Object>> calls = new ArrayList<>();
    Thread[] first = new Thread[1];
    for (int i = 0; i < times; i++) {
      boolean isFirst = i == 0;
      calls.add(threads.submit(() -> {
        if (isFirst) first[0] = Thread.currentThread();
        start.await();
        Object result = result(call);
        // The thread goes back to the pool as it came.
        Thread.interrupted();
        return result;
      }));
    }
    start.countDown();
    if (cancelAfterMs >= 0) interruptAfter(cancelAfterMs, first, calls.get(0));
    List<Object> results = new ArrayList<>();
    for (Future<Object> each : calls) results.add(each.get());
    return results;
  }

  private static void interruptAfter(long milliseconds, Thread[] thread, Future<Object> call) throws Exception {
    TimeUnit.MILLISECONDS.sleep(milliseconds);
    if (!call.isDone()) thread[0].interrupt();
  }

  private Object result(Callable<Object> call) {
    try {
      return call.call();
    } catch (Exception e) {
      if (e instanceof InterruptedException || e.getCause() instanceof InterruptedException) {
        return Map.of("cancelled", true);
      }
      lastError = e;
      return Map.of("error", describe(e));
    }
  }

  private Object token(Token token) {
    lastToken = token;
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("sha256", Fingerprint.of(token.accessToken()));
    result.put("tokenType", token.tokenType());
    result.put("expiresAt", token.expiresAt() == null ? null : token.expiresAt().toString());
    result.put("scope", token.scope());
    return result;
  }

  private static Object answer(HttpResponse<String> response) {
    Map<String, Object> headers = new LinkedHashMap<>();
    response.headers().map().forEach((name, values) -> headers.put(name.toLowerCase(), String.join(", ", values)));
    return Map.of("status", response.statusCode(), "headers", headers, "body", response.body());
  }

  private static Map<String, Object> describe(Exception error) {
    Map<String, Object> result = new LinkedHashMap<>();
    VendingException known = error instanceof VendingException vending ? vending : null;
    result.put("type", error.getClass().getSimpleName());
    result.put("status", known == null || known.status() == 0 ? null : known.status());
    result.put("error", known == null ? null : known.error());
    result.put("description", known == null ? error.getMessage() : known.description());
    result.put("requestId", known == null ? null : known.requestId());
    result.put("retryAfterSeconds", known == null ? null : known.retryAfterSeconds());
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text, true));
    result.put("text", text.toString());
    return result;
  }

  private static Optional<String> text(JsonNode command, String field) {
    return command.field(field).filter(JsonNode::isString).map(JsonNode::asString);
  }

  private static Optional<Long> number(JsonNode command, String field) {
    return command.field(field).filter(JsonNode::isNumber).map(node -> (long) Double.parseDouble(node.asNumber()));
  }
}

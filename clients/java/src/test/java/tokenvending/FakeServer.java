package tokenvending;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on loopback that keeps what it was asked, and answers as the test says. */
final class FakeServer implements AutoCloseable {
  interface Behaviour {
    Answer answer(Received request) throws Exception;
  }

  record Answer(int status, String body, Map<String, String> headers) {
    static Answer of(int status, String body) {
      return new Answer(status, body, Map.of());
    }

    Answer with(String name, String value) {
      Map<String, String> more = new HashMap<>(headers);
      more.put(name, value);
      return new Answer(status, body, more);
    }
  }

  record Received(String method, String path, Map<String, String> headers, String body) {
    Map<String, String> form() {
      Map<String, String> fields = new HashMap<>();
      for (String pair : body.split("&")) {
        String[] parts = pair.split("=", 2);
        if (parts.length == 2) fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
      }
      return fields;
    }

    String header(String name) {
      return headers.get(name);
    }
  }

  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private volatile Behaviour behaviour;

  FakeServer(Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(executor);
    server.start();
  }

  void behave(Behaviour behaviour) {
    this.behaviour = behaviour;
  }

  List<Received> received() {
    return List.copyOf(received);
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> headers = new HashMap<>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(), String.join(", ", values)));
    Received request =
        new Received(exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body);
    received.add(request);
    Answer answer;
    try {
      answer = behaviour.answer(request);
    } catch (Exception e) {
      // Ends the connection without an answer.
      exchange.close();
      return;
    }
    answer.headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    byte[] content = request.method.equals("HEAD") ? new byte[0] : answer.body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status, content.length == 0 ? -1 : content.length);
    exchange.getResponseBody().write(content);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}

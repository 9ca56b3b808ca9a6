package tokenvending;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** Answers one request on each connection and keeps the connection open, but dies of a second request on it. */
final class DyingServer implements AutoCloseable {
  private static final String BODY = "{\"access_token\":\"short\"}";

  private final ServerSocket server;
  private volatile CountDownLatch together = new CountDownLatch(0);

  DyingServer() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(
        () -> {
          while (!server.isClosed()) {
            Socket socket = server.accept();
            daemon(() -> serve(socket));
          }
        });
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort() + "/v1";
  }

  /** The next requests are answered when there are so many. */
  CountDownLatch expectTogether(int count) {
    together = new CountDownLatch(count);
    return together;
  }

  private void serve(Socket socket) throws Exception {
    try (socket) {
      InputStream in = socket.getInputStream();
      readRequest(in);
      together.countDown();
      together.await();
      String head = "HTTP/1.1 200 OK\r\ncontent-length: " + BODY.length() + "\r\n\r\n";
      socket.getOutputStream().write((head + BODY).getBytes(StandardCharsets.US_ASCII));
      readRequest(in);
    }
  }

  private static void readRequest(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) return;
      head.append((char) next);
    }
    int length = Integer.parseInt(head.toString().toLowerCase().replaceAll("(?s).*content-length: (\\d+).*", "$1"));
    in.readNBytes(length);
  }

  private interface Task {
    void run() throws Exception;
  }

  private static void daemon(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (Exception e) {
                // The test is over, or the client has gone.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

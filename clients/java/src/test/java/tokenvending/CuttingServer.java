package tokenvending;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends half an answer, and a whole one the next time. */
final class CuttingServer implements AutoCloseable {
  private static final String BODY = "{\"access_token\":\"whole\"}";

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

  CuttingServer() throws IOException {
    Thread thread =
        new Thread(
            () -> {
              try {
                answer(BODY.substring(0, 12));
                answer(BODY);
              } catch (IOException e) {
                // The test is over.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort() + "/v1";
  }

  private void answer(String body) throws IOException {
    try (Socket socket = server.accept()) {
      byte[] request = new byte[8192];
      if (socket.getInputStream().read(request) < 0) return;
      String head = "HTTP/1.1 200 OK\r\ncontent-length: " + BODY.length() + "\r\n\r\n";
      socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      while (socket.getInputStream().read(request) >= 0) continue;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

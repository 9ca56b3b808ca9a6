package tokenvending;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import tokenvending.FakeServer.Answer;
import tokenvending.FakeServer.Received;

/** A vending service that gives out token-1, token-2, … for an hour each, and a client of it whose time stands still. */
@Timeout(60)
abstract class VendingTest {
  final FakeTime time = new FakeTime();
  final AtomicInteger vended = new AtomicInteger();
  FakeServer service;
  VendingClient client;

  @BeforeEach
  void start() throws IOException {
    service = new FakeServer(request -> token(3600));
    client = builder().build();
  }

  @AfterEach
  void stop() {
    client.close();
    service.close();
  }

  VendingClient.Builder builder() {
    return VendingClient.builder()
        .endpoint(service.url("/v1"))
        .region("eu-central-1")
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsSessionCredentials.create("ASIAEXAMPLE", "secret", "session")))
        .time(time);
  }

  Answer token(long expiresIn) {
    return Answer.of(
        200,
        "{\"access_token\":\"token-%d\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
            .formatted(vended.incrementAndGet(), expiresIn));
  }

  static Answer error(int status, String error) {
    return Answer.of(status, "{\"error\":\"%s\",\"error_description\":\"Because of %s.\"}".formatted(error, error));
  }

  String getToken() {
    return client.getToken("prove").accessToken();
  }

  /** Everything that is on its way comes in. */
  void settle() {
    client.settled().join();
  }

  long reports() {
    return service.received().stream().filter(request -> rejected(request) != null).count();
  }

  static String rejected(Received request) {
    return request.form().get("rejected_token_sha256");
  }

  /** The answers once, one after the other, and the last of them from then on. */
  static FakeServer.Behaviour inTurn(Answer... answers) {
    AtomicInteger next = new AtomicInteger();
    return request -> answers[Math.min(next.getAndIncrement(), answers.length - 1)];
  }

  static <T> Future<T> inBackground(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  static <T> List<T> atOnce(int times, Callable<T> call) throws InterruptedException, ExecutionException {
    CountDownLatch start = new CountDownLatch(1);
    List<Future<T>> calls = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      calls.add(
          inBackground(
              () -> {
                start.await();
                return call.call();
              }));
    }
    start.countDown();
    List<T> results = new ArrayList<>();
    for (Future<T> each : calls) results.add(each.get());
    return results;
  }

  static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }
}

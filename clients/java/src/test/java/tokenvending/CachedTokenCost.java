package tokenvending;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import tokenvending.FakeServer.Answer;

/** Measures what a token in memory costs, and prints JSON: the median of some rounds, for one thread and for two. */
final class CachedTokenCost {
  private static final int CALLS = 2_000_000;
  private static final int ROUNDS = 7;

  private CachedTokenCost() {}

  public static void main(String[] arguments) throws Exception {
    try (FakeServer service = new FakeServer(request -> Answer.of(200, "{\"access_token\":\"t\",\"expires_in\":86400}"));
        VendingClient client = client(service)) {
      TokenRequest scoped = TokenRequest.of("prove").withScopes("read", "write");
      List<Object> results = new ArrayList<>();
      for (int threads = 1; threads <= 2; threads++) {
        results.add(measure("getToken(String)", threads, () -> client.getToken("prove")));
        results.add(measure("getToken(TokenRequest) with two scopes", threads, () -> client.getToken(scoped)));
      }
      System.out.println(JsonText.of(Map.of("client", "java", "results", results)));
    }
    System.exit(0);
  }

  private static VendingClient client(FakeServer service) {
    return VendingClient.builder()
        .endpoint(service.url("/v1"))
        .region("us-east-1")
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIABENCH", "unused")))
        .build();
  }

  private static Map<String, Object> measure(String name, int threads, Callable<Token> call) throws Exception {
    double[] nanoseconds = new double[ROUNDS];
    double[] bytes = new double[ROUNDS];
    // The first round compiles and does not count.
    for (int round = -1; round < ROUNDS; round++) {
      List<double[]> costs = VendingTest.atOnce(threads, () -> run(call));
      if (round < 0) continue;
      nanoseconds[round] = costs.stream().mapToDouble(cost -> cost[0]).average().orElseThrow();
      bytes[round] = costs.stream().mapToDouble(cost -> cost[1]).average().orElseThrow();
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("name", name);
    result.put("threads", threads);
    result.put("nanosecondsPerCall", median(nanoseconds));
    result.put("allocatedBytesPerCall", median(bytes));
    return result;
  }

  private static double[] run(Callable<Token> call) throws Exception {
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = memory.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      if (call.call() == null) throw new IllegalStateException("no token");
    }
    double elapsed = System.nanoTime() - start;
    return new double[] {elapsed / CALLS, (double) (memory.getCurrentThreadAllocatedBytes() - bytes) / CALLS};
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return Math.round(values[values.length / 2] * 10) / 10.0;
  }
}

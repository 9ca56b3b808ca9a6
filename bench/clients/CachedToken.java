import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import tokenvending.Token;
import tokenvending.VendingClient;

/** Measures the Java client and prints JSON. */
class CachedToken {
  static Token last;

  public static void main(String[] args) {
    int calls = Integer.parseInt(args[0]);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (VendingClient client = VendingClient.create()) {
      call(client, calls);
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long started = System.nanoTime();
      call(client, calls);
      double nanoseconds = (double) (System.nanoTime() - started) / calls;
      double bytes = (double) (threads.getCurrentThreadAllocatedBytes() - allocated) / calls;
      System.out.println(
          "{\"language\": \"java\", \"cachedToken\": [{\"name\": \"token-vending-client\", \"nanosecondsPerCall\": "
              + nanoseconds + ", \"allocatedBytesPerCall\": " + bytes + "}]}");
    }
  }

  private static void call(VendingClient client, int count) {
    for (int index = 0; index < count; index++) last = client.getToken("prove");
  }
}

package tokenvending;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** Credentials that are not to be had until the test says so, when they are asked for the first time. */
final class HangingOnce implements AwsCredentialsProvider {
  final CountDownLatch isHanging = new CountDownLatch(1);
  private final CountDownLatch release;
  private final AtomicBoolean wasAsked = new AtomicBoolean();

  HangingOnce(CountDownLatch release) {
    this.release = release;
  }

  @Override
  public AwsCredentials resolveCredentials() {
    try {
      if (wasAsked.compareAndSet(false, true)) {
        isHanging.countDown();
        release.await();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return AwsBasicCredentials.create("AKIAEXAMPLE", "secret");
  }
}

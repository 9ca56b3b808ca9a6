package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

@DisplayName("A client")
class VendingClientTest extends VendingTest {
  @Test
  @DisplayName("needs an endpoint and a region, and says so when it is built")
  void needsToBeTold() {
    assertTrue(message(VendingClient::create).contains("TOKEN_VENDING_ENDPOINT"));
    assertTrue(message(() -> VendingClient.create("")).contains("TOKEN_VENDING_ENDPOINT"));
    assertTrue(message(() -> VendingClient.create("https://tokens.example.com/v1")).contains("AWS_REGION"));
    assertTrue(message(() -> VendingClient.create("http://tokens.example.com/v1")).contains("https"));
    assertTrue(message(() -> builder().timeout(Duration.ZERO).build()).contains("timeout"));
  }

  private static String message(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  @Test
  @DisplayName("takes the region that it is given, else API Gateway's host name, else AWS_REGION's property")
  void findsItsRegion() {
    String gateway = "https://abc.execute-api.eu-west-1.amazonaws.com/v1";
    System.setProperty("aws.region", "us-west-2");
    try {
      assertEquals("us-east-1", region(VendingClient.builder().endpoint(gateway).region("us-east-1")));
      assertEquals("eu-west-1", region(VendingClient.builder().endpoint(gateway)));
      assertEquals("us-west-2", region(VendingClient.builder().endpoint("https://tokens.example.com/v1")));
    } finally {
      System.clearProperty("aws.region");
    }
  }

  private static String region(VendingClient.Builder builder) {
    try (VendingClient client = builder.build()) {
      return client.signer().toString().replaceFirst(".*region=(.*)]", "$1");
    }
  }

  @Test
  @DisplayName("fails with the SDK's own words where there are no credentials, and does not try again")
  void needsCredentials() {
    client.close();
    AwsCredentialsProvider none =
        () -> {
          throw SdkClientException.create("Unable to load credentials");
        };
    client = builder().credentialsProvider(none).build();
    VendingException error = assertThrows(VendingException.class, this::getToken);
    assertEquals(0, error.status());
    assertEquals("no_credentials", error.error());
    assertTrue(error.getMessage().contains("Unable to load credentials"));
    assertInstanceOf(SdkClientException.class, error.getCause());
    assertEquals(0, service.received().size());
    assertEquals(java.util.List.of(), time.pauses());
  }

  @Test
  @DisplayName("does not show a session token that fits into no header")
  void hidesTheSessionToken() {
    client.close();
    var credentials = AwsSessionCredentials.create("ASIAEXAMPLE", "secret", "t0p-\nsecret");
    client = builder().credentialsProvider(StaticCredentialsProvider.create(credentials)).build();
    VendingException error = assertThrows(VendingException.class, this::getToken);
    assertEquals("no_credentials", error.error());
    assertFalse((error + " " + error.getCause()).contains("t0p"));
  }

  @Test
  @DisplayName("survives that a module of the SDK which the chain wants is not on the class path")
  void survivesMissingClasses() {
    client.close();
    AwsCredentialsProvider broken =
        () -> {
          throw new NoClassDefFoundError("software/amazon/awssdk/services/sts/StsClient");
        };
    client = builder().credentialsProvider(broken).build();
    for (int i = 0; i < 2; i++) {
      assertTrue(assertThrows(VendingException.class, this::getToken).getMessage().contains("StsClient"));
    }
  }

  @Test
  @DisplayName("that is closed ends what is on its way and vends no more")
  void isClosed() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    service.behave(
        request -> {
          arrived.countDown();
          new CountDownLatch(1).await();
          return token(60);
        });
    Future<String> caller = inBackground(this::getToken);
    arrived.await();
    client.close();
    VendingException error =
        assertInstanceOf(VendingException.class, assertThrows(ExecutionException.class, caller::get).getCause());
    assertTrue(error.getMessage().contains("closed"));
    assertThrows(IllegalStateException.class, this::getToken);
    client.close();
  }

  @Test
  @DisplayName("does not keep its process alive")
  void hasDaemonsOnly() {
    getToken();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("token-vending-")) assertTrue(thread.isDaemon());
    }
  }

  @Test
  @DisplayName("shows no token where it or a token is printed")
  void isDiscreet() {
    Token token = new Token("t0p-secret", "Bearer", Instant.EPOCH, null);
    assertEquals(
        "Token[sha256=%s, tokenType=Bearer, expiresAt=1970-01-01T00:00:00Z, scope=null]"
            .formatted(Fingerprint.of("t0p-secret")),
        token.toString());
    assertEquals("VendingClient[endpoint=%s]".formatted(service.url("/v1")), client.toString());
    getToken();
    assertFalse(client.toString().contains("token-1"));
  }
}

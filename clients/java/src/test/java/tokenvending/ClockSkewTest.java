package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tokenvending.FakeServer.Received;

@DisplayName("With a wall clock that is wrong, a client")
class ClockSkewTest extends VendingTest {
  private static final DateTimeFormatter AMZ_DATE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  @BeforeEach
  void refuseSignaturesOfAnotherTime() {
    service.behave(request -> isTimely(request) ? token(1) : error(403, "invalid_client"));
  }

  private static boolean isTimely(Received request) {
    Instant signed = LocalDateTime.parse(request.header("x-amz-date"), AMZ_DATE).toInstant(ZoneOffset.UTC);
    return Duration.between(signed, Instant.now()).abs().toMinutes() < 4;
  }

  @ParameterizedTest(name = "by {0} s signs once more by the service's, and keeps to that")
  @ValueSource(longs = {300, -300, 86_400, -86_400})
  void corrects(long offset) {
    time.setWall(seconds(offset));
    Token token = client.getToken("prove");
    assertEquals("token-1", token.accessToken());
    assertEquals(2, service.received().size());
    client.getToken("pipeshub");
    assertEquals(3, service.received().size());
    assertEquals(java.util.List.of(), time.pauses());
    // The caller compares with its own clock, wrong as it is.
    assertEquals(time.wall().plusSeconds(1), token.expiresAt());
  }

  @Test
  @DisplayName("corrects itself once more when the clock has been set right")
  void correctsItselfAgain() {
    time.setWall(seconds(-3600));
    client.getToken("prove");
    time.setWall(Duration.ZERO);
    client.getToken("pipeshub");
    assertEquals(4, service.received().size());
  }

  @Test
  @DisplayName("that is right does not sign again after a refusal")
  void takesARefusal() {
    service.behave(request -> error(403, "unauthorized_client"));
    assertThrows(VendingException.class, this::getToken);
    assertEquals(1, service.received().size());
  }

  @Test
  @DisplayName("that is refused all the same signs twice, not more")
  void signsTwice() {
    time.setWall(seconds(3600));
    service.behave(request -> error(403, "invalid_client"));
    assertThrows(VendingException.class, this::getToken);
    assertEquals(2, service.received().size());
  }

  @Test
  @DisplayName("signs what others send by the corrected time, too")
  void correctsTheSigner() {
    time.setWall(seconds(3600));
    client.getToken("prove");
    var request = java.net.http.HttpRequest.newBuilder(java.net.URI.create(service.url("/v1/health"))).build();
    String date = client.signer().sign(request, null).headers().firstValue("x-amz-date").orElseThrow();
    assertTrue(isTimely(new Received("GET", "", java.util.Map.of("x-amz-date", date), "")));
  }
}

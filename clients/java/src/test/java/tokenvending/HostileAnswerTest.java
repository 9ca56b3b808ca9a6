package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tokenvending.FakeServer.Answer;

@DisplayName("An answer")
class HostileAnswerTest extends VendingTest {
  private VendingException failure(Answer answer) {
    service.behave(request -> answer);
    return assertThrows(VendingException.class, this::getToken);
  }

  @ParameterizedTest(name = "with status 200 is no token: {0}")
  @ValueSource(
      strings = {
        "",
        "<html>sign in</html>",
        "null",
        "[]",
        "\"t0p-secret\"",
        "{}",
        "{\"message\":\"Forbidden\"}",
        "{\"access_token\":null}",
        "{\"access_token\":\"\"}",
        "{\"access_token\":7}",
        "{\"access_token\":{\"access_token\":\"t0p-secret\"}}",
        "{\"access_token\":\"t0p-secret\\r\\nx: y\"}",
        "{\"access_token\":\"t0p-secret \"}",
        "{\"access_token\":\"t0p-secret\\u00e9\"}",
        "{\"access_token\":\"t0p-secret\",\"access_token\":\"other\"}",
        "{\"access_token\":\"t0p-secret\",\"token_type\":\"DPoP\"}",
        "{\"access_token\":\"t0p-secret\",\"token_type\":1}",
        "{\"access_token\":\"t0p-secret\",\"expires_in\":0}",
        "{\"access_token\":\"t0p-secret\",\"expires_in\":-1}",
        "{\"access_token\":\"t0p-secret\",\"expires_in\":\"soon\"}",
        "{\"access_token\":\"t0p-secret\",\"expires_in\":\"-5\"}",
        "{\"access_token\":\"t0p-secret\",\"expires_in\":{}}",
        "{\"access_token\":\"t0p-secret\",\"expires_in\":true}",
        "{\"access_token\":\"t0p-secret\",\"expires_in\":NaN}",
        "{\"access_token\":\"t0p-secret\"} trailing",
        "{\"access_token\":\"t0p-secret\"",
        "{'access_token':'t0p-secret'}",
      })
  void isNoToken(String body) {
    VendingException error = failure(Answer.of(200, body));
    assertEquals(200, error.status());
    assertEquals("invalid_response", error.error());
    assertEquals(1, service.received().size());
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text, true));
    assertFalse(text.toString().contains("t0p-secret"));
  }

  @ParameterizedTest(name = "with expires_in {0} is a token for {1} s")
  @CsvSource({
    "3600, 3600",
    "3600.9, 3600",
    "3.6e3, 3600",
    "'\"3600\"', 3600",
    "1, 1",
    "1e400, 2592000",
    "99999999999999999999, 2592000"
  })
  void isAToken(String expiresIn, long seconds) {
    service.behave(request -> Answer.of(200, "{\"expires_in\":%s,\"access_token\":\"t\"}".formatted(expiresIn)));
    assertEquals(time.wall().plusSeconds(seconds), client.getToken("prove").expiresAt());
  }

  @Test
  @DisplayName("that is too long is not read to its end")
  void isTooLong() {
    VendingException error = failure(Answer.of(200, "{\"access_token\":\"" + "x".repeat(70_000) + "\"}"));
    assertEquals("no token: invalid_response: the answer is too long", error.getMessage());
    assertEquals(1, service.received().size());
  }

  @Test
  @DisplayName("that is nested ever deeper is refused")
  void isTooDeep() {
    String deep = "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000);
    assertEquals(200, failure(Answer.of(200, deep.substring(0, 60_000))).status());
    assertEquals(200, failure(Answer.of(200, "{\"a\":" + "[".repeat(60_000))).status());
  }

  @Test
  @DisplayName("of 201 is no token, whatever it holds")
  void isNot200() {
    VendingException error = failure(Answer.of(201, "{\"access_token\":\"t0p-secret\"}"));
    assertEquals(201, error.status());
    assertEquals("invalid_response", error.error());
    assertFalse(error.toString().contains("t0p-secret"));
  }

  @ParameterizedTest(name = "of 403 may say why: {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"message\":\"Forbidden\"} | | Forbidden",
        "{\"Message\":\"not authorized to perform: execute-api:Invoke\"} | | not authorized to perform: execute-api:Invoke",
        "{\"error\":\"invalid_client\",\"message\":\"b\",\"error_description\":\"a\"} | invalid_client | a",
        "{\"error\":\"invalid_client\",\"message\":\"b\"} | invalid_client | b",
        "{\"error\":{\"code\":1,\"message\":\"x\"},\"message\":7} | | ",
        "<html>Forbidden</html> | | ",
        "{\"error\":\"a\\tb\\u0000c\",\"message\":\"\"} | a b c | ",
        "{\"message\":\"\\nWrong.\\n\\nx-amz-security-token:t0p-secret\\n\"} | | Wrong.",
        "{\"message\":\"Wrong.\\r\\nt0p-secret\"} | | Wrong.",
      })
  void saysWhy(String body, String error, String description) {
    VendingException failure = failure(Answer.of(403, body));
    assertEquals(403, failure.status());
    assertEquals(error, failure.error());
    assertEquals(description, failure.description());
    assertNull(failure.requestId());
  }

  @Test
  @DisplayName("with an endless description is cut short")
  void isCutShort() {
    String description = failure(error(400, "x".repeat(10_000))).description();
    assertTrue(description.length() < 600);
  }

  @ParameterizedTest(name = "with the retry-after {0} gives no number")
  @ValueSource(strings = {"soon", "-1", "1.5", "99999999999", "Wed, 99 Oct 2015 07:28:00 GMT"})
  void givesNoNumber(String retryAfter) {
    service.behave(inTurn(error(503, "temporarily_unavailable").with("retry-after", retryAfter), token(3600)));
    assertEquals("token-1", getToken());
    assertTrue(time.pauses().get(0).compareTo(Duration.ofMillis(300)) <= 0);
  }

  @Test
  @DisplayName("that breaks off is asked for once more")
  void breaksOff() throws Exception {
    client.close();
    try (CuttingServer cutting = new CuttingServer()) {
      client = builder().endpoint(cutting.url()).build();
      assertEquals("whole", getToken());
    }
  }
}

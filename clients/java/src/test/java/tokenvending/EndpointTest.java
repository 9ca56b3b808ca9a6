package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An endpoint")
class EndpointTest {
  @ParameterizedTest(name = "may be {0}")
  @ValueSource(
      strings = {
        "https://abc.execute-api.us-east-1.amazonaws.com/v1",
        "https://abc.execute-api.us-east-1.amazonaws.com/v1/",
        "HTTPS://tokens.example.com/v1",
        " https://tokens.example.com/v1 ",
        "http://localhost:8787/v1",
        "http://127.0.0.1:8787/v1",
        "http://127.1.2.3/v1",
        "http://[::1]:8787/v1"
      })
  void mayBe(String text) {
    String uri = Endpoint.parse(text).tokens("prove").toString();
    assertEquals(text.strip().replaceFirst("/$", "") + "/tokens/prove", uri);
  }

  @ParameterizedTest(name = "must not be {0}")
  @ValueSource(
      strings = {
        "http://tokens.example.com/v1",
        "http://localhost.example.com/v1",
        "http://127.0.0.1.example.com/v1",
        "http://10.0.0.1/v1",
        "http://[::2]/v1",
        "ftp://localhost/v1",
        "tokens.example.com/v1",
        "localhost:8787/v1",
        "https:///v1",
        "https://user:password@tokens.example.com/v1",
        "https://tokens.example.com/v1?x=1",
        "https://tokens.example.com/v1#x",
        "https://tokens example.com/v1",
        "/v1"
      })
  void mustNotBe(String text) {
    assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(text));
  }

  @ParameterizedTest(name = "at {0} is in the region {1}")
  @CsvSource({
    "abc.execute-api.us-east-1.amazonaws.com, us-east-1",
    "ABC.Execute-Api.EU-Central-1.amazonaws.com, eu-central-1",
    "abc.execute-api.cn-north-1.amazonaws.com.cn, cn-north-1",
    "abc-vpce-0123.execute-api.us-west-2.amazonaws.com, us-west-2",
    "vpce-0123-abc.execute-api.us-west-2.vpce.amazonaws.com, us-west-2",
    "abc.execute-api.us-east-1.api.aws, us-east-1",
    "tokens.example.com,",
    "abc.execute-api.us-east-1.amazonaws.com.example.com,",
    "abc.s3.us-east-1.amazonaws.com,"
  })
  void knowsItsRegion(String host, String region) {
    assertEquals(region, Endpoint.parse("https://" + host + "/v1").region());
  }

  @ParameterizedTest(name = "makes of the provider {0} one segment of its path")
  @CsvSource({"prove, prove", "a/b, a%2Fb", "a b, a%20b", "a+b, a%2Bb", "é, %C3%A9", "a?b#c, a%3Fb%23c"})
  void encodes(String provider, String segment) {
    String uri = Endpoint.parse("https://tokens.example.com/v1").tokens(provider).toString();
    assertEquals("https://tokens.example.com/v1/tokens/" + segment, uri);
  }

  @ParameterizedTest(name = "takes no provider named \"{0}\"")
  @ValueSource(strings = {"", " ", ".", ".."})
  void takesNo(String provider) {
    assertThrows(IllegalArgumentException.class, () -> TokenRequest.of(provider));
  }
}

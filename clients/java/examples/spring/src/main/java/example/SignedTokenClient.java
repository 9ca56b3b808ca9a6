package example;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.core.http.converter.OAuth2ErrorHttpMessageConverter;
import org.springframework.web.client.RestClient;
import tokenvending.VendingSigner;

/** Spring Security's client_credentials at the vending service, where an AWS signature is the client authentication. */
public final class SignedTokenClient {
  private SignedTokenClient() {}

  public static RestClientClientCredentialsTokenResponseClient create(VendingSigner signer, RefusedTokens refused) {
    RestClientClientCredentialsTokenResponseClient tokens = new RestClientClientCredentialsTokenResponseClient();
    tokens.addParametersConverter(refused::reportOf);
    tokens.setRestClient(
        RestClient.builder()
            .requestFactory(new JdkClientHttpRequestFactory())
            .requestInterceptor(signing(signer))
            // A RestClient of one's own lacks what Spring Security's has: converters and error handler are added again.
            .messageConverters(
                converters -> {
                  converters.clear();
                  converters.addAll(
                      List.of(new FormHttpMessageConverter(), new OAuth2AccessTokenResponseHttpMessageConverter()));
                })
            .defaultStatusHandler(HttpStatusCode::isError, SignedTokenClient::fail)
            .build());
    return tokens;
  }

  /** Spring's own handler reads the OAuth error of a 400 only, and says nothing useful of 403, 404 and 5xx. */
  private static void fail(HttpRequest request, ClientHttpResponse response) throws IOException {
    OAuth2Error error;
    try {
      error = new OAuth2ErrorHttpMessageConverter().read(OAuth2Error.class, response);
    } catch (HttpMessageNotReadableException e) {
      error = new OAuth2Error("server_error", "The vending service answered " + response.getStatusCode(), null);
    }
    throw new OAuth2AuthorizationException(error);
  }

  private static ClientHttpRequestInterceptor signing(VendingSigner signer) {
    return (request, body, execution) -> {
      sign(signer, request, body);
      return execution.execute(request, body);
    };
  }

  private static void sign(VendingSigner signer, HttpRequest request, byte[] body) {
    java.net.http.HttpRequest unsigned =
        java.net.http.HttpRequest.newBuilder(request.getURI())
            .method(request.getMethod().name(), BodyPublishers.noBody())
            .header("content-type", request.getHeaders().getFirst("content-type"))
            .build();
    signer.sign(unsigned, body).headers().map().forEach(request.getHeaders()::put);
  }
}

package example;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.ClientAuthorizationException;
import org.springframework.security.oauth2.client.OAuth2AuthorizationFailureHandler;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.web.client.OAuth2ClientHttpRequestInterceptor;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * After a 401 of the API Spring forgets the token and fetches one again, but would get the very same. So the next
 * token request reports the refused one, and the vending service replaces it.
 */
public final class RefusedTokens implements OAuth2AuthorizationFailureHandler {
  private final Map<String, String> fingerprints = new ConcurrentHashMap<>();
  private final OAuth2AuthorizedClientService clients;
  private final OAuth2AuthorizationFailureHandler forget;

  public RefusedTokens(OAuth2AuthorizedClientService clients) {
    this.clients = clients;
    this.forget = OAuth2ClientHttpRequestInterceptor.authorizationFailureHandler(clients);
  }

  @Override
  public void onAuthorizationFailure(
      OAuth2AuthorizationException failure, Authentication principal, Map<String, Object> attributes) {
    if (failure instanceof ClientAuthorizationException refusal && isRefusedToken(refusal)) {
      String registrationId = refusal.getClientRegistrationId();
      OAuth2AuthorizedClient client = clients.loadAuthorizedClient(registrationId, principal.getName());
      if (client != null) fingerprints.put(registrationId, sha256(client.getAccessToken().getTokenValue()));
    }
    forget.onAuthorizationFailure(failure, principal, attributes);
  }

  /** What the next token request adds: a refused token is reported once. */
  MultiValueMap<String, String> reportOf(OAuth2ClientCredentialsGrantRequest request) {
    MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
    String fingerprint = fingerprints.remove(request.getClientRegistration().getRegistrationId());
    if (fingerprint != null) parameters.add("rejected_token_sha256", fingerprint);
    return parameters;
  }

  private static boolean isRefusedToken(ClientAuthorizationException failure) {
    return "invalid_token".equals(failure.getError().getErrorCode());
  }

  private static String sha256(String token) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

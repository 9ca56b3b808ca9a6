package example;

import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ClientCredentialsOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.client.OAuth2ClientHttpRequestInterceptor;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.web.client.RestClient;
import tokenvending.VendingSigner;

/** A RestClient for Prove's API: what an application has as beans, put together by hand. */
public final class ProveApi {
  private static final Authentication THIS_SERVICE =
      new AnonymousAuthenticationToken("this", "this service", AuthorityUtils.createAuthorityList("ROLE_SERVICE"));

  private ProveApi() {}

  /** @param vendingEndpoint with its stage, as the client has it */
  public static RestClient create(String vendingEndpoint, VendingSigner signer, String apiUrl) {
    ClientRegistrationRepository registrations =
        new InMemoryClientRegistrationRepository(
            ClientRegistration.withRegistrationId("prove")
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .tokenUri(vendingEndpoint + "/tokens/prove")
                // Spring cannot do without; the signature says who we are.
                .clientId("prove")
                .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
                .build());
    OAuth2AuthorizedClientService clients = new InMemoryOAuth2AuthorizedClientService(registrations);
    RefusedTokens refused = new RefusedTokens(clients);

    ClientCredentialsOAuth2AuthorizedClientProvider provider = new ClientCredentialsOAuth2AuthorizedClientProvider();
    provider.setAccessTokenResponseClient(SignedTokenClient.create(signer, refused));
    AuthorizedClientServiceOAuth2AuthorizedClientManager manager =
        new AuthorizedClientServiceOAuth2AuthorizedClientManager(registrations, clients);
    manager.setAuthorizedClientProvider(provider);

    OAuth2ClientHttpRequestInterceptor authorize = new OAuth2ClientHttpRequestInterceptor(manager);
    authorize.setAuthorizationFailureHandler(refused);
    authorize.setClientRegistrationIdResolver(request -> "prove");
    authorize.setPrincipalResolver(request -> THIS_SERVICE);
    return RestClient.builder().baseUrl(apiUrl).requestInterceptor(authorize).build();
  }
}

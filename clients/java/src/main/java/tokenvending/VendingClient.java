package tokenvending;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;

/**
 * Short-lived access tokens for callers with an AWS identity. Keep one for the life of the process: it keeps the
 * tokens, refreshes them before they expire, and is safe to use by many threads. Its own threads are daemons.
 */
public final class VendingClient implements AutoCloseable {
  private final Endpoint endpoint;
  private final VendingSigner signer;
  private final ExecutorService executor;
  private final TokenCache tokens;
  private final AuthorizedRequests requests;
  private final AutoCloseable ownCredentials;

  private VendingClient(Builder builder) {
    endpoint = Endpoint.parse(builder.endpointOrEnvironments());
    String region = builder.regionOf(endpoint);
    IdentityProvider<? extends AwsCredentialsIdentity> credentials = builder.credentialsProvider;
    DefaultCredentialsProvider chain = null;
    if (credentials == null) credentials = chain = DefaultCredentialsProvider.builder().build();
    ownCredentials = chain;
    signer = new VendingSigner(endpoint, region, credentials, builder.time);
    executor = Executors.newCachedThreadPool(VendingClient::daemon);
    HttpClient http = builder.httpClient == null ? newHttpClient() : builder.httpClient;
    VendingService service =
        new VendingService(
            endpoint, signer, builder.time, builder.httpClient == null ? VendingClient::newHttpClient : () -> http);
    tokens = new TokenCache(service, executor, builder.time, builder.timeout);
    requests = new AuthorizedRequests(http, tokens);
  }

  /** A client of the endpoint in the environment variable {@code TOKEN_VENDING_ENDPOINT}. */
  public static VendingClient create() {
    return builder().build();
  }

  /** @param endpoint the vending service's URL with its stage, as the stack's output has it */
  public static VendingClient create(String endpoint) {
    return builder().endpoint(endpoint).build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * The provider's token with its default scopes.
   *
   * @throws VendingException if there is none to be had
   */
  public Token getToken(String provider) {
    return getToken(TokenRequest.of(provider));
  }

  /**
   * The held token, which costs no request, or else a new one: callers that ask at the same time share one request.
   *
   * @throws VendingException if there is none to be had
   */
  public Token getToken(TokenRequest request) {
    try {
      return tokens.get(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VendingException(null, "interrupted while waiting for a token", e);
    } catch (RejectedExecutionException e) {
      throw closed();
    }
  }

  /**
   * Sends a request to the provider's API with a token in its {@code Authorization} header. A 401 is reported to the
   * vending service, and the request sent once more with the token that replaces the refused one, if there is one and
   * if the request's body can be sent twice: one from a stream or a publisher cannot. Redirects are the caller's.
   *
   * @throws VendingException if there is no token to be had; nothing has been sent then
   * @throws IOException as {@link HttpClient#send}
   * @throws InterruptedException likewise
   */
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> bodyHandler, String provider)
      throws IOException, InterruptedException {
    return send(request, bodyHandler, TokenRequest.of(provider));
  }

  /** As {@link #send(HttpRequest, BodyHandler, String)}, with a token of certain scopes. */
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> bodyHandler, TokenRequest token)
      throws IOException, InterruptedException {
    try {
      return requests.send(request, bodyHandler, token);
    } catch (RejectedExecutionException e) {
      throw closed();
    }
  }

  /** For OAuth clients and SDKs that fetch tokens themselves. */
  public VendingSigner signer() {
    return signer;
  }

  /** Ends what is on its way. Tokens that were handed out stay valid. */
  @Override
  public void close() {
    executor.shutdownNow();
    try {
      if (ownCredentials != null) ownCredentials.close();
    } catch (Exception e) {
      throw new IllegalStateException("the credential chain cannot be closed", e);
    }
  }

  @Override
  public String toString() {
    return "VendingClient[endpoint=%s]".formatted(endpoint);
  }

  /** Completes when no request to the vending service is on its way. */
  CompletableFuture<Void> settled() {
    return tokens.settled();
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("the client is closed");
  }

  private static HttpClient newHttpClient() {
    return HttpClient.newBuilder().followRedirects(Redirect.NEVER).connectTimeout(Duration.ofSeconds(10)).build();
  }

  private static final AtomicInteger THREADS = new AtomicInteger();

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "token-vending-" + THREADS.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** Everything has a default; what is set here wins over the environment. */
  public static final class Builder {
    private String endpoint;
    private String region;
    private IdentityProvider<? extends AwsCredentialsIdentity> credentialsProvider;
    private HttpClient httpClient;
    private Duration timeout = Duration.ofSeconds(30);
    private Time time = Time.SYSTEM;

    private Builder() {}

    /** Default: the environment variable {@code TOKEN_VENDING_ENDPOINT}. */
    public Builder endpoint(String endpoint) {
      this.endpoint = endpoint;
      return this;
    }

    /** Default: the region in API Gateway's host name, else {@code AWS_REGION} or the property {@code aws.region}. */
    public Builder region(String region) {
      this.region = region;
      return this;
    }

    /** Default: the AWS SDK's chain. What is given here is not closed with the client. */
    public Builder credentialsProvider(IdentityProvider<? extends AwsCredentialsIdentity> credentialsProvider) {
      this.credentialsProvider = credentialsProvider;
      return this;
    }

    /** For a proxy or certificates of one's own. It must not follow redirects: Java 17 takes headers to any host. */
    public Builder httpClient(HttpClient httpClient) {
      this.httpClient = httpClient;
      return this;
    }

    /** How long a caller waits for the vending service unless its request says otherwise. Default: 30 s. */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    Builder time(Time time) {
      this.time = time;
      return this;
    }

    /** @throws IllegalArgumentException if something is missing or unusable; it says what */
    public VendingClient build() {
      if (httpClient != null && httpClient.followRedirects() != Redirect.NEVER) {
        throw new IllegalArgumentException("httpClient must not follow redirects: Java 17 would take tokens to any host");
      }
      if (timeout.isNegative() || timeout.isZero()) throw new IllegalArgumentException("timeout must be positive");
      return new VendingClient(this);
    }

    private String endpointOrEnvironments() {
      String given = isGiven(endpoint) ? endpoint : System.getenv("TOKEN_VENDING_ENDPOINT");
      if (isGiven(given)) return given;
      throw new IllegalArgumentException("no endpoint is given, nor is TOKEN_VENDING_ENDPOINT set");
    }

    private String regionOf(Endpoint endpoint) {
      if (isGiven(region)) return region;
      if (endpoint.region() != null) return endpoint.region();
      return SdkSystemSetting.AWS_REGION
          .getStringValue()
          .orElseThrow(() -> new IllegalArgumentException("no region is given, nor is AWS_REGION set"));
    }

    private static boolean isGiven(String text) {
      return text != null && !text.isBlank();
    }
  }
}

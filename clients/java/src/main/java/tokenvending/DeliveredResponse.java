package tokenvending;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/** A response as the caller gets it: with the request as the caller wrote it, which is without the token. */
final class DeliveredResponse<T> implements HttpResponse<T> {
  private final HttpResponse<?> response;
  private final HttpRequest request;
  private final T body;

  DeliveredResponse(HttpResponse<?> response, HttpRequest request, T body) {
    this.response = response;
    this.request = request;
    this.body = body;
  }

  @Override
  public int statusCode() {
    return response.statusCode();
  }

  @Override
  public HttpRequest request() {
    return request;
  }

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.empty();
  }

  @Override
  public HttpHeaders headers() {
    return response.headers();
  }

  @Override
  public T body() {
    return body;
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return response.sslSession();
  }

  @Override
  public URI uri() {
    return response.uri();
  }

  @Override
  public Version version() {
    return response.version();
  }

  @Override
  public String toString() {
    return "(%s %s) %d".formatted(request.method(), response.uri(), statusCode());
  }
}

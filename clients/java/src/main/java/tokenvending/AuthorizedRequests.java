package tokenvending;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;

/** Requests to a provider's API with a vended token, which is reported and replaced where the API refuses it. */
final class AuthorizedRequests {
  private final HttpClient http;
  private final TokenCache tokens;

  /** @param http follows no redirects: Java 17 would take the token along to any host */
  AuthorizedRequests(HttpClient http, TokenCache tokens) {
    this.http = http;
    this.tokens = tokens;
  }

  <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler, TokenRequest wanted)
      throws IOException, InterruptedException {
    Token token = tokens.get(wanted);
    HttpResponse<ParkedBody<T>> first = sendWith(token, request, handler);
    if (first.statusCode() != 401) return deliver(first, request);
    Token other;
    try {
      other = tokens.replace(wanted, token);
    } catch (InterruptedException | RuntimeException e) {
      first.body().discard();
      throw e;
    }
    if (other == null || !RequestBodies.canBeSentAgain(request)) return deliver(first, request);
    first.body().discard();
    return deliver(sendWith(other, request, handler), request);
  }

  private <T> HttpResponse<ParkedBody<T>> sendWith(Token token, HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    HttpRequest authorized =
        HttpRequest.newBuilder(request, (name, value) -> true)
            .setHeader("Authorization", "Bearer " + token.accessToken())
            .build();
    return http.send(authorized, ParkedBody.handler(handler));
  }

  private static <T> HttpResponse<T> deliver(HttpResponse<ParkedBody<T>> response, HttpRequest request)
      throws IOException, InterruptedException {
    return new DeliveredResponse<>(response, request, response.body().deliver());
  }
}

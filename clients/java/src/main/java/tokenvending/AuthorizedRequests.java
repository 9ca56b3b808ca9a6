package tokenvending;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;

/** Requests to a provider's API with a vended token, which is reported and replaced where the API refuses it. */
final class AuthorizedRequests {
  private final HttpClient http;
  private final TokenCache tokens;
  private final Redirect redirect;

  AuthorizedRequests(HttpClient http, TokenCache tokens, Redirect redirect) {
    this.http = http;
    this.tokens = tokens;
    this.redirect = redirect;
  }

  <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler, TokenRequest wanted)
      throws IOException, InterruptedException {
    Token token = tokens.get(wanted);
    Answer<T> first = follow(request, handler, token);
    if (!first.isRefusal) return first.deliver();
    Token other;
    try {
      other = tokens.replace(wanted, token);
    } catch (InterruptedException e) {
      first.response.body().discard();
      throw e;
    }
    if (other == null || !RequestBodies.canBeSentAgain(request)) return first.deliver();
    first.response.body().discard();
    return follow(request, handler, other).deliver();
  }

  /** @param isRefusal a 401 from where the token was sent to */
  private record Answer<T>(HttpResponse<ParkedBody<T>> response, HttpRequest request, boolean isRefusal) {
    HttpResponse<T> deliver() throws IOException, InterruptedException {
      return new DeliveredResponse<>(response, request, response.body().deliver());
    }
  }

  private <T> Answer<T> follow(HttpRequest request, BodyHandler<T> handler, Token token)
      throws IOException, InterruptedException {
    HttpRequest current = HttpRequest.newBuilder(request, (name, value) -> !isAuthorization(name)).build();
    boolean mayHaveToken = true;
    for (int redirects = 0; ; redirects++) {
      HttpResponse<ParkedBody<T>> response =
          http.send(mayHaveToken ? authorize(current, token) : current, ParkedBody.handler(handler));
      HttpRequest next = redirects < Redirects.MAX ? Redirects.next(response, current, redirect) : null;
      if (next == null) return new Answer<>(response, current, mayHaveToken && response.statusCode() == 401);
      response.body().discard();
      mayHaveToken &= Origin.of(next.uri()).equals(Origin.of(current.uri()));
      current = next;
    }
  }

  private static HttpRequest authorize(HttpRequest request, Token token) {
    return HttpRequest.newBuilder(request, (name, value) -> true)
        .setHeader("Authorization", "Bearer " + token.accessToken())
        .build();
  }

  private static boolean isAuthorization(String name) {
    return name.equalsIgnoreCase("authorization");
  }
}

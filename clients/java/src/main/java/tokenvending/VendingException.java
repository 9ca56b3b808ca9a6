package tokenvending;

/**
 * No token: the vending service refused, could not be reached or answered something that is no token. What is not known
 * is null, or 0 for the status. It never holds a token, nor text of an answer beyond its error fields.
 *
 * <p>A caller that was interrupted gets this exception with an {@link InterruptedException} as its cause, and its
 * thread is still marked as interrupted.
 */
public final class VendingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String error;
  private final String description;
  private final String requestId;
  private final Integer retryAfterSeconds;

  VendingException(
      int status, String error, String description, String requestId, Integer retryAfterSeconds, Throwable cause) {
    super(message(status, error, description, requestId, retryAfterSeconds), cause);
    this.status = status;
    this.error = error;
    this.description = description;
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Where the vending service did not answer. */
  VendingException(String error, String description, Throwable cause) {
    this(0, error, description, null, null, cause);
  }

  /** The HTTP status of the vending service's answer, or 0 where there was none. */
  public int status() {
    return status;
  }

  /**
   * A stable word: the service's own, such as {@code unknown_provider}, or {@code network_error}, {@code timeout},
   * {@code invalid_response} (something else answers at this endpoint) or {@code no_credentials}. Null where API
   * Gateway names none, and where the caller was interrupted or the client closed.
   */
  public String error() {
    return error;
  }

  /** For people: {@code error_description}, API Gateway's {@code message}, or what went wrong here. May be null. */
  public String description() {
    return description;
  }

  /**
   * API Gateway's {@code x-amzn-requestid} (of an HTTP API {@code apigw-requestid}), by which the operator of the
   * service finds this request, or null.
   */
  public String requestId() {
    return requestId;
  }

  /** When it makes sense to ask again, or null where the service did not say. */
  public Integer retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** Callers that shared one request get an exception each, with a stack trace of their own. */
  VendingException copy() {
    return new VendingException(status, error, description, requestId, retryAfterSeconds, getCause());
  }

  /** The service says when to ask again, and asking again is up to us. */
  boolean isThrottled() {
    return (status == 429 || status == 503) && retryAfterSeconds != null;
  }

  /** May be gone the next moment: a network error, or 5xx other than a refusal of the client credentials. */
  boolean isTransient() {
    if ("network_error".equals(error)) return true;
    return status >= 500 && !isThrottled() && !"provider_rejected_credentials".equals(error);
  }

  private static String message(
      int status, String error, String description, String requestId, Integer retryAfterSeconds) {
    StringBuilder text = new StringBuilder("no token");
    if (status != 0) text.append(": the vending service answered ").append(status);
    if (error != null) text.append(status == 0 ? ": " : " ").append(error);
    if (description != null) text.append(": ").append(description);
    if (requestId != null) text.append(" (request ").append(requestId).append(')');
    if (retryAfterSeconds != null) text.append(", ask again after ").append(retryAfterSeconds).append(" s");
    return text.toString();
  }
}

package tokenvending;

import java.net.URI;
import java.util.Locale;

/** Scheme, host and port: what must not change on the way of a token or a signature. */
record Origin(String scheme, String host, int port) {
  static Origin of(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int defaultPort = scheme.equals("https") ? 443 : 80;
    return new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), uri.getPort() == -1 ? defaultPort : uri.getPort());
  }
}

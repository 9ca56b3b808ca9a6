package tokenvending;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the small JSON objects of the vending service, by RFC 8259 and no more leniently: an object's fields as String,
 * Double, Boolean, null, or {@link #NESTED} for objects and arrays, of which nobody here wants the content.
 *
 * <p>Not the SDK's own {@code json-utils}: those are marked as protected, that is, not for use outside the SDK.
 */
final class Json {
  static final Object NESTED = new Object();

  private static final int MAX_DEPTH = 32;

  private final String text;
  private int position;

  private Json(String text) {
    this.text = text;
  }

  /** @throws IllegalArgumentException if it is not exactly one object; the message holds nothing of the text */
  static Map<String, Object> parseObject(String text) {
    Json json = new Json(text);
    json.skipSpace();
    if (json.peek() != '{') throw json.unexpected();
    Map<String, Object> fields = json.readObject(1);
    json.skipSpace();
    if (json.position != text.length()) throw json.unexpected();
    return fields;
  }

  private Map<String, Object> readObject(int depth) {
    Map<String, Object> fields = new LinkedHashMap<>();
    expect('{');
    skipSpace();
    if (accept('}')) return fields;
    do {
      skipSpace();
      String name = readString();
      skipSpace();
      expect(':');
      // Parsers differ in which of two equal names they believe, so this is nobody's to believe.
      if (fields.containsKey(name)) throw unexpected();
      fields.put(name, readValue(depth));
      skipSpace();
    } while (accept(','));
    expect('}');
    return fields;
  }

  private Object readValue(int depth) {
    skipSpace();
    switch (peek()) {
      case '{':
        if (depth == MAX_DEPTH) throw unexpected();
        readObject(depth + 1);
        return NESTED;
      case '[':
        if (depth == MAX_DEPTH) throw unexpected();
        readArray(depth + 1);
        return NESTED;
      case '"':
        return readString();
      case 't':
        return readWord("true", Boolean.TRUE);
      case 'f':
        return readWord("false", Boolean.FALSE);
      case 'n':
        return readWord("null", null);
      default:
        return readNumber();
    }
  }

  private void readArray(int depth) {
    expect('[');
    skipSpace();
    if (accept(']')) return;
    do {
      readValue(depth);
      skipSpace();
    } while (accept(','));
    expect(']');
  }

  private Object readWord(String word, Object value) {
    if (!text.startsWith(word, position)) throw unexpected();
    position += word.length();
    return value;
  }

  private Double readNumber() {
    int start = position;
    accept('-');
    if (!accept('0')) skipDigits();
    if (accept('.')) skipDigits();
    if (accept('e') || accept('E')) {
      if (!accept('-')) accept('+');
      skipDigits();
    }
    return Double.valueOf(text.substring(start, position));
  }

  private void skipDigits() {
    int start = position;
    while (peek() >= '0' && peek() <= '9') position++;
    if (position == start) throw unexpected();
  }

  private String readString() {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (!accept('"')) {
      char next = peek();
      if (next < ' ') throw unexpected();
      position++;
      value.append(next == '\\' ? readEscape() : next);
    }
    return value.toString();
  }

  private char readEscape() {
    char escape = peek();
    position++;
    return switch (escape) {
      case '"', '\\', '/' -> escape;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> readCodeUnit();
      default -> throw unexpected();
    };
  }

  private char readCodeUnit() {
    int unit = 0;
    for (int end = position + 4; position < end; position++) {
      char next = peek();
      int digit = next < 128 ? Character.digit(next, 16) : -1;
      if (digit < 0) throw unexpected();
      unit = unit * 16 + digit;
    }
    return (char) unit;
  }

  private void skipSpace() {
    while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) position++;
  }

  /** The next character, or U+0000, which no text outside of strings holds and no string unescaped. */
  private char peek() {
    return position < text.length() ? text.charAt(position) : '\0';
  }

  private boolean accept(char expected) {
    boolean isNext = peek() == expected;
    if (isNext) position++;
    return isNext;
  }

  private void expect(char expected) {
    if (!accept(expected)) throw unexpected();
  }

  private IllegalArgumentException unexpected() {
    return new IllegalArgumentException("no JSON object, from character " + position);
  }
}

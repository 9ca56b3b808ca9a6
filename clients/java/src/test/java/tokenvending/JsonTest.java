package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

@DisplayName("JSON")
class JsonTest {
  @Test
  @DisplayName("is read with all its kinds of values and of space")
  void isRead() {
    Map<String, Object> fields =
        Json.parseObject(
            " {\"s\" : \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00é\",\t\"i\":-12,\"f\":1.5E+2,\"z\":-0.0,\r\n"
                + "\"t\":true,\"n\":false,\"x\":null,\"o\":{\"a\":[{}]},\"a\":[1,[],\"]\"] , \"\":0} ");
    assertEquals("a\"\\/\b\f\n\r\té😀é", fields.get("s"));
    assertEquals(-12.0, fields.get("i"));
    assertEquals(150.0, fields.get("f"));
    assertEquals(-0.0, fields.get("z"));
    assertEquals(true, fields.get("t"));
    assertEquals(false, fields.get("n"));
    assertNull(fields.get("x"));
    assertSame(Json.NESTED, fields.get("o"));
    assertSame(Json.NESTED, fields.get("a"));
    assertEquals(0.0, fields.get(""));
    assertEquals(Map.of(), Json.parseObject("{}"));
  }

  @ParameterizedTest(name = "is not {0}")
  @ValueSource(
      strings = {
        "", " ", "null", "[]", "1", "\"\"", "{", "}", "{}}", "{} {}", "{a:1}", "{'a':1}", "{\"a\"}", "{\"a\":}",
        "{\"a\":1,}", "{,}", "{\"a\":1 \"b\":2}", "{\"a\":[1,]}", "{\"a\":[}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}",
        "{\"a\":+1}", "{\"a\":-}", "{\"a\":1e}", "{\"a\":0x1}", "{\"a\":Infinity}", "{\"a\":tru}", "{\"a\":nul}",
        "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\\", "{\"a\":\"", "{\"a\":\"\n\"}",
        "{\"a\":\"\u0000\"}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"a\":{\"b\":1,\"b\":2}}", "\uFEFF{}",
        "{/**/}", "{\"a\":\"\\u１２３４\"}", "{\u00a0}"
      })
  void isNot(String text) {
    String message = assertThrows(IllegalArgumentException.class, () -> Json.parseObject(text)).getMessage();
    assertFalse(text.length() > 3 && message.contains(text));
  }

  @Test
  @DisplayName("is read as deep as 32 levels, not deeper")
  void hasALimitedDepth() {
    Json.parseObject("{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}");
    assertThrows(
        IllegalArgumentException.class, () -> Json.parseObject("{\"a\":" + "[".repeat(32) + "]".repeat(32) + "}"));
    assertThrows(IllegalArgumentException.class, () -> Json.parseObject("{\"a\":" + "[".repeat(60_000)));
  }

  @Test
  @DisplayName("that is damaged at random is refused, or read as the AWS SDK's own parser reads it")
  void agreesWithTheSdk() {
    String whole = "{\"access_token\":\"a\\u0062\\n\",\"expires_in\":3.6e3,\"ok\":true,\"x\":[{\"y\":null}],\"z\":\"é\"}";
    String alphabet = "{}[]\",:\\u0123456789eE+-.tfn \n";
    Random random = new Random(15);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder damaged = new StringBuilder(whole);
      for (int edits = random.nextInt(4); edits >= 0; edits--) {
        int at = random.nextInt(damaged.length());
        char other = alphabet.charAt(random.nextInt(alphabet.length()));
        if (random.nextBoolean()) damaged.setCharAt(at, other);
        else damaged.insert(at, other);
      }
      compare(damaged.toString());
    }
  }

  private static void compare(String text) {
    Map<String, Object> ours;
    try {
      ours = Json.parseObject(text);
    } catch (IllegalArgumentException e) {
      return;
    }
    Map<String, JsonNode> theirs = JsonNode.parser().parse(text).asObject();
    assertEquals(theirs.keySet(), ours.keySet(), text);
    theirs.forEach((name, node) -> assertEquals(value(node), ours.get(name), text));
  }

  private static Object value(JsonNode node) {
    if (node.isString()) return node.asString();
    if (node.isNumber()) return Double.valueOf(node.asNumber());
    if (node.isBoolean()) return node.asBoolean();
    return node.isNull() ? null : Json.NESTED;
  }
}

/** A value from outside that is a JSON object: not null, not a list. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Parses JSON from outside. The parser's own error is dropped: its message quotes what it read. @returns undefined if it is none */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value from outside is text that says something. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

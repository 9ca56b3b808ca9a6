type Json = Readonly<Record<string, unknown>>;

/**
 * Whether an event matches a rule's pattern, as EventBridge decides it: the part of its syntax that this project uses.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws Error on an operator that it does not know
 */
export function matchesEvent(pattern: Json, event: unknown): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or') return (wanted as Json[]).some((alternative) => matchesEvent(alternative, event));
    const found = typeof event === 'object' && event !== null ? (event as Json)[key] : undefined;
    if (Array.isArray(wanted)) return wanted.some((condition) => matchesValue(condition, found));
    // Of a list of objects one has to match.
    return Array.isArray(found)
      ? found.some((item) => matchesEvent(wanted as Json, item))
      : matchesEvent(wanted as Json, found);
  });
}

function matchesValue(condition: unknown, found: unknown): boolean {
  if (Array.isArray(found)) return found.some((item) => matchesValue(condition, item));
  if (typeof condition !== 'object' || condition === null) return condition === found;
  const [[operator, argument] = []] = Object.entries(condition);
  if (operator === 'exists') return (found !== undefined) === argument;
  if (operator === 'prefix') return typeof found === 'string' && found.startsWith(String(argument));
  // A field that is missing is not "anything but".
  if (operator === 'anything-but') return found !== undefined && !(argument as unknown[]).includes(found);
  throw new Error(`${operator} is not known here`);
}

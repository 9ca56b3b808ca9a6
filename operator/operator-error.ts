/** Why nothing came of a command, in words for whoever typed it. Never holds a secret's content. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/** Names every mistake of every environment at once, one a line. */
export class EnvironmentsError extends Error {
  override readonly name = 'EnvironmentsError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(
      `infra/environments.ts has ${mistakes.length} mistake(s):\n${mistakes.map((line) => `  - ${line}`).join('\n')}`,
    );
    this.mistakes = mistakes;
  }
}

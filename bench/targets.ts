/** Something that we want to be so, in words that have its figure in them. */
export interface Target {
  readonly sentence: string;
  readonly isMet: boolean;
}

/** Prints a line each. A target that is missed is no failure of the run. */
export function printTargets(targets: readonly Target[]): void {
  const lines = targets.map(({ sentence, isMet }) => `${isMet ? 'met' : 'MISSED'}: ${sentence}`);
  process.stdout.write(`\n${lines.join('\n')}\n`);
}

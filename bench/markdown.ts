/** The first column is text, the others are figures. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map((_, column) => (column === 0 ? '---' : '---:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Rounded down, so that only a full share reads 100 %. @param share 0 to 1 */
export function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}

/** @param ms rounded to tenths of a second */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

/** A figure that we want to reach. */
export interface Target {
  /** States the measured figure and the limit. */
  readonly sentence: string;
  readonly isMet: boolean;
  /** Why it is missed, as far as we know; for the reader of the page. */
  readonly reason?: string;
}

/** Prints what a part has measured. A missed target does not fail the run. */
export function printSection(section: string, targets: readonly Target[] = []): void {
  const lines = targets.map(({ sentence, isMet }) => `${isMet ? 'met' : 'MISSED'}: ${sentence}`);
  process.stdout.write(`\n${[section, ...(lines.length === 0 ? [] : [lines.join('\n')])].join('\n\n')}\n`);
}

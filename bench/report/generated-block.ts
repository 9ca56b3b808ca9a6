const [start, end] = ['<!-- made by npm run bench -- report -->\n', '\n<!-- end of what is made -->'];

/** @throws when the text has no place for it */
export function replaceBlock(text: string, block: string): string {
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error('The page has no place for the benchmarks.');
  return text.slice(0, from + start.length) + block + text.slice(to);
}

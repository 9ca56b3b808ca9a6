/**
 * Whether a log line of JSON matches a filter pattern of CloudWatch Logs: the part of its syntax that this project uses.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * @throws Error on what it does not know
 */
export function matchesFilter(pattern: string, line: Readonly<Record<string, unknown>>): boolean {
  const inner = /^\{ (.*) \}$/.exec(pattern)?.[1];
  if (inner === undefined) throw new Error(`${pattern} is no pattern for JSON`);
  // Alternatives are in brackets wherever there is anything else.
  return inner.split(' && ').every((part) => {
    const alternatives = part.startsWith('(') ? part.slice(1, -1) : part;
    return alternatives.split(' || ').some((term) => matchesTerm(term, line));
  });
}

function matchesTerm(term: string, line: Readonly<Record<string, unknown>>): boolean {
  const [, field = '', operator = '', wanted = ''] = /^\$\.([\w-]+) (=|>=) (.+)$/.exec(term) ?? [];
  const found = line[field];
  const text = /^"(.*)"$/.exec(wanted)?.[1];
  if (text === undefined) {
    if (operator !== '>=' || !/^\d+$/.test(wanted)) throw new Error(`${term} is not known here`);
    return typeof found === 'number' && found >= Number(wanted);
  }
  const isLike = new RegExp(`^${text.split('*').map(quote).join('.*')}$`);
  return typeof found === 'string' && isLike.test(found);
}

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

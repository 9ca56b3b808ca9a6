import * as v from 'valibot';

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

/** One mistake that a schema found, with the name of what it is about. The value is not repeated. */
export function describeIssue(where: string, issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  const name = path === null ? where : `${where}.${path}`;
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${name} is not a known key`;
  if (issue.type === 'strict_object' && issue.received === 'undefined') return `${name} is missing`;
  if (issue.type === 'strict_object' || issue.type === 'array') {
    return `${name} must be ${issue.type === 'array' ? 'a list' : 'an object'}`;
  }
  if (issue.type === 'variant') return `${name} must be ${issue.expected}`;
  return `${name} ${issue.message}`;
}

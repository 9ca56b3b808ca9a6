import { expect, test } from '@jest/globals';
import { describeStack } from '../../local/output.ts';
import type { StackDescription } from '../../local/stack.ts';

const files = { stack: '.local/stack.json', log: '.local/vend.log', rotationLog: '.local/rotate.log' };

function describe(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `provider-${index}`);
  const settings = { tokenUrl: 'http://127.0.0.1/token', secretId: 'secret' };
  const providers = Object.fromEntries(names.map((name) => [name, settings]));
  const stack: Partial<StackDescription> = { endpoint: 'http://127.0.0.1/v1', callers: {}, providers };
  return describeStack(stack as StackDescription, files);
}

test('of 2,000 providers some are shown, and what AWS would not take, by the limits’ names', () => {
  const text = describe(2000);
  expect(text.split('\n').length).toBeLessThan(60);
  expect(text).toContain('and 1980 providers more');
  expect(text).toMatch(
    /AWS does not take 2000 providers in one environment; use a second environment there:\n\n {2}a CloudFormation stack has at most 500 resources, and these need at least \d+\n {2}a CloudFormation stack has at most 200 outputs, .*\n {2}a role's inline policies have at most 10240 characters, .*\n/,
  );
});

test('of a few providers all are shown, and nothing about AWS', () => {
  const text = describe(20);
  expect(text.match(/ {2}provider /g)).toHaveLength(20);
  expect(text).not.toContain('AWS does not take');
});

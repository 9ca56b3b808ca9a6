import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { providerFaults } from './provider-faults.ts';
import { secretsFaults } from './secrets-faults.ts';
import { tableFaults } from './table-faults.ts';

const architecture = await readFile(join(import.meta.dirname, '../../docs/architecture.md'), 'utf8');

test('the table "What happens when…" says what the matrix shows', () => {
  const rows = [
    '| fault | no token held | `reason` in the log | requests of one vend | who else is hurt |',
    '|---|---|---|---|---|',
    ...providerFaults.map(({ name, status, error, reason, requests, hurtsWithoutToken }) => {
      const hurt = hurtsWithoutToken === true ? 'callers without a token, until then' : 'nobody';
      return `| provider: ${name} | ${status} \`${error}\` | \`${reason}\` | ${requests} | ${hurt} |`;
    }),
    ...secretsFaults.map(
      ({ name, status, error, reason, reads }) =>
        `| Secrets Manager: ${name} | ${status} \`${error}\` | \`${reason}\` | ${reads} | nobody |`,
    ),
  ];
  expect(architecture).toContain(`\n${rows.join('\n')}\n`);
});

test('the table of the token table’s faults says what the matrix shows', () => {
  const rows = tableFaults.map(
    ({ name, errorName }) =>
      `| token table: ${name} | \`${errorName}\` | \`exchange\` | \`memory\` | \`refresh\` | \`exchange\` |`,
  );
  expect(architecture).toContain(`|---|---|---|---|---|---|\n${rows.join('\n')}\n\n`);
});

test('each row of the table "Who else is hurt" is a test', async () => {
  const section = architecture.split('## Who else is hurt')[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| what happens'));
  const files = ['neighbours.test.ts', 'slow-provider.test.ts', 'caller-limit.test.ts'];
  const tests = (await Promise.all(files.map((file) => readFile(join(import.meta.dirname, file), 'utf8')))).join('\n');
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) expect(tests).toContain(row.split(' | ').at(-1)?.replace(/ \|$/, ''));
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { permissionsTable } from './support/permissions-table.ts';

test('docs/permissions.md lists what is synthesized (npm run docs:permissions updates it)', async () => {
  const file = join(import.meta.dirname, '../../docs/permissions.md');
  expect(await readFile(file, 'utf8')).toContain(`\n\n${permissionsTable()}\n\n`);
});

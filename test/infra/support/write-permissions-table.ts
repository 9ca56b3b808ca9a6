import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { permissionsTable } from './permissions-table.ts';

/** Replaces the table in docs/permissions.md with the current one. */
const file = join(import.meta.dirname, '../../../docs/permissions.md');
const text = await readFile(file, 'utf8');
await writeFile(file, text.replace(/\| who \|.*\|\n/s, `${permissionsTable()}\n`));

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { permissionsTable } from './permissions-table.ts';

/** Puts the table of this moment into docs/permissions.md, in place of the one that is there. */
const file = join(import.meta.dirname, '../../../docs/permissions.md');
const text = await readFile(file, 'utf8');
await writeFile(file, text.replace(/\| who \|.*\|\n/s, `${permissionsTable()}\n`));

import { parseArgs } from 'node:util';
import { startBackends } from '../contestants/backends.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { print, write } from './report.ts';
import { measureRows, type Settings } from './rows.ts';

/**
 * Signed requests through the local stack: the gateway, which verifies each signature, before instances of the function
 * that hold a token in memory. How much of it is the function's share, and how much is only the local stack's, the rows
 * beside tell: a function that does nothing, and the gateway without any function. The gateway and the Runtime API of all
 * instances share one process, whose use of a core is shown; clients and instances want the cores at the same time.
 *
 * The clients are in a process of their own and send a request that was signed beforehand again and again: signing would
 * cost them more than sending, SigV4 knows no nonce, a signature is good for 5 minutes, and the gateway's work is the same
 * each time. There are two requests in flight for each instance, on connections that are kept. An answer other than 200
 * fails the run, and so does a vend that had to obtain a token.
 *
 * - `--instances`: their numbers, with commas between.
 * - `--seconds`: measured for each row.
 * - `--warm-up`: seconds before them that do not count.
 */
export async function runThroughput(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args);
  await inTemporaryDirectory(async (directory) => {
    const backends = await startBackends();
    try {
      const rows = await measureRows(settings, directory, backends);
      print(rows);
      await write(settings, rows);
    } finally {
      await backends.close();
    }
  });
}

function parseSettings(args: readonly string[]): Settings {
  const options = {
    instances: { type: 'string', default: '1,2,4' },
    seconds: { type: 'string', default: '4' },
    'warm-up': { type: 'string', default: '1' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  return {
    instances: values.instances.split(',').map(Number),
    seconds: Number(values.seconds),
    warmUpSeconds: Number(values['warm-up']),
  };
}

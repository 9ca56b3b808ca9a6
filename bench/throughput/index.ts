import { parseArgs } from 'node:util';
import { startSteadyBackends } from '../backends/steady-backends.ts';
import { printSection } from '../markdown.ts';
import { writeResults } from '../results.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { formatThroughput, type Settings } from './report.ts';
import { measureRows } from './rows.ts';

/**
 * Measures signed requests through the local stack. The clients send one request that was signed beforehand again and
 * again: signing would cost them more than sending, and the gateway does the same work each time. A refused request fails
 * the run, and so does a vend that has to obtain a token.
 *
 * - `--instances`: their numbers, separated by commas.
 * - `--seconds`: measured for each row.
 * - `--warm-up`: seconds before them that do not count.
 */
export async function runThroughput(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args);
  await inTemporaryDirectory(async (directory) => {
    const backends = await startSteadyBackends();
    try {
      const rows = await measureRows(settings, directory, backends);
      printSection(formatThroughput(await writeResults('throughput', settings, { rows })));
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

import { join } from 'node:path';
import { bundleFunction } from './bundling.ts';
import { createApp } from './create-app.ts';
import { environments } from './environments.ts';
import { EnvironmentsError } from './environments-error.ts';
import { parseEnvironments } from './parse-environments.ts';

try {
  const parsed = parseEnvironments(environments);
  const vendDirectory = join(import.meta.dirname, '../.build/vend');
  await bundleFunction('vend', vendDirectory);
  createApp({ environments: parsed.values(), vendDirectory }).synth();
} catch (error) {
  if (!(error instanceof EnvironmentsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

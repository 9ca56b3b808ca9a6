import { join } from 'node:path';
import { bundleFunction } from './bundling.ts';
import { createApp } from './create-app.ts';
import { environments } from './environments.ts';
import { EnvironmentsError } from './settings/environments-error.ts';
import { parseEnvironments } from './settings/parse-environments.ts';

try {
  const parsed = parseEnvironments(environments);
  const vendDirectory = join(import.meta.dirname, '../.build/vend');
  const rotateDirectory = join(import.meta.dirname, '../.build/rotate');
  await Promise.all([bundleFunction('vend', vendDirectory), bundleFunction('rotate', rotateDirectory)]);
  createApp({ environments: parsed.values(), vendDirectory, rotateDirectory }).synth();
} catch (error) {
  if (!(error instanceof EnvironmentsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

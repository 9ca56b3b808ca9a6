import { describeError } from './operator-error.ts';
import { readNewCredentials } from './rotation/new-credentials.ts';
import { parseRotateOptions, usage } from './rotation/options.ts';
import { rollBack } from './rotation/roll-back.ts';
import type { RotationDeps } from './rotation/run-rotation.ts';
import { dryRun, stageAndRotate } from './rotation/stage.ts';
import { createVersions } from './rotation/versions.ts';
import { findTarget } from './target.ts';

async function run(args: readonly string[]): Promise<void> {
  const options = parseRotateOptions(args);
  if (options === undefined) return void process.stdout.write(usage);
  const target = await findTarget(options);
  const deps: RotationDeps = {
    target,
    versions: createVersions(target.secretsManager, target.secretId),
    options,
    say: (line) => process.stdout.write(`${line}\n`),
  };
  if (options.mode === 'rollback') return rollBack(deps);
  const content = await readNewCredentials(options.file, target.kind);
  if (options.mode === 'dry-run') return dryRun(deps, content);
  return stageAndRotate(deps, content);
}

try {
  await run(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(1);
}

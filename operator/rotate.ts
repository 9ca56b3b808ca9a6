import { RotationError } from '../functions/rotate/rotation-error.ts';
import { ConfigError } from '../functions/shared/settings/config.ts';
import { EnvironmentsError } from '../infra/settings/parse-environments.ts';
import { type CommandDeps, dryRun, rotate } from './commands.ts';
import { readNewCredentials } from './new-credentials.ts';
import { OperatorError } from './operator-error.ts';
import { parseRotateOptions, usage } from './options.ts';
import { rollBack } from './roll-back.ts';
import { findTarget } from './target.ts';
import { createVersions } from './versions.ts';

async function run(args: readonly string[]): Promise<void> {
  const options = parseRotateOptions(args);
  if (options === undefined) return void process.stdout.write(usage);
  const target = await findTarget(options.environment, options.provider);
  const deps: CommandDeps = {
    target,
    versions: createVersions(target.client, target.secretId),
    say: (line) => process.stdout.write(`${line}\n`),
  };
  if (options.mode === 'rollback') return rollBack(deps, options);
  const content = await readNewCredentials(options.file, target.kind);
  if (options.mode === 'dry-run') return dryRun(deps, content);
  return rotate(deps, options, content);
}

/** Of a foreign error only its name: the SDK's messages may quote what was sent. */
function explain(error: unknown): string {
  const isOwn = [OperatorError, RotationError, ConfigError, EnvironmentsError].some((type) => error instanceof type);
  if (error instanceof Error && isOwn) return error.message;
  const name = error instanceof Error ? error.name : typeof error;
  return `Secrets Manager could not be asked, or refused (${name}). Look at the AWS credentials and the region in use.`;
}

try {
  await run(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

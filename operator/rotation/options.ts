import { parseArgs } from 'node:util';
import { OperatorError } from '../operator-error.ts';
import type { TargetNames } from '../target.ts';

export interface RotateOptions extends TargetNames {
  /** Holds the new credentials; undefined: stdin, or a prompt if that is a terminal. */
  readonly file: string | undefined;
  readonly mode: 'rotate' | 'dry-run' | 'rollback';
  /** Runs the steps here instead of asking Secrets Manager to call the rotation function. */
  readonly isInProcess: boolean;
  readonly timeoutSeconds: number;
}

export const usage = `npm run rotate -- --env ENV --provider PROVIDER [options]

Stages new client credentials, has them tested at the provider, and makes them live.
They are read from a hidden prompt, or as {"client_id": "…", "client_secret": "…"} from stdin or a file.

  --env ENV         an environment of infra/environments.ts, or "local" for the stack of npm start
  --provider NAME   one of its providers
  --file FILE       read the new credentials from a file ("-": stdin)
  --dry-run         test the new credentials from here; stage nothing
  --rollback        test the version before the live one, and make it live again
  --in-process      run and test everything here, where Secrets Manager has no rotation function to call
  --timeout SECONDS how long to wait for the rotation (default 120)
  --dir DIR         folder of the local stack (default .local)
  --help            this text
`;

/**
 * Reads the command line. There is no option for a secret: everybody on the machine can see a command line.
 *
 * @returns undefined when it asks for help
 * @throws OperatorError
 */
export function parseRotateOptions(args: readonly string[]): RotateOptions | undefined {
  const values = parseStrictly(args);
  if (values.help === true) return undefined;
  const { env: environment, provider, file, dir, 'dry-run': isDryRun, rollback: isRollback } = values;
  if (environment === undefined || provider === undefined) throw new OperatorError(`--env and --provider are needed.`);
  if (isDryRun === true && isRollback === true) throw new OperatorError('Choose either --dry-run or --rollback.');
  const timeoutSeconds = Number(values.timeout ?? '120');
  if (!(timeoutSeconds > 0)) throw new OperatorError('--timeout must be a number of seconds.');
  const mode = isDryRun === true ? 'dry-run' : isRollback === true ? 'rollback' : 'rotate';
  const isInProcess = values['in-process'] === true;
  return { environment, provider, directory: dir ?? '.local', file, mode, isInProcess, timeoutSeconds };
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        env: { type: 'string' },
        provider: { type: 'string' },
        file: { type: 'string' },
        'dry-run': { type: 'boolean' },
        rollback: { type: 'boolean' },
        'in-process': { type: 'boolean' },
        timeout: { type: 'string' },
        dir: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch {
    // The parser's own message quotes the argument, which may be a secret.
    throw new OperatorError('There is an option that is not known, or an argument without an option; see --help.');
  }
}

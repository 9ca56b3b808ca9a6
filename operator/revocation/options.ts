import { parseArgs } from 'node:util';
import { OperatorError } from '../operator-error.ts';
import type { TargetNames } from '../target.ts';

export interface RevokeOptions extends TargetNames {
  /** Of the vending API; undefined: the stack's own. */
  readonly endpoint: string | undefined;
  /** Revokes from here instead of asking the rotation function. */
  readonly isInProcess: boolean;
}

/** What the command's exit says. Stable: scripts depend on it. */
export const exitCodes = { revoked: 0, failed: 1, cannotBeRevoked: 4 } as const;

export const usage = `npm run revoke -- --env ENV --provider PROVIDER [options] < TOKEN

Revokes a leaked token at the provider, confirms it, and replaces the token in the fleet.
The token is read from stdin, or from a hidden prompt. The rotation function revokes it, because only the functions may read
the client credentials.

  --env ENV         an environment of infra/environments.ts, or "local" for the stack of npm start
  --provider NAME   the provider that issued the token
  --endpoint URL    of the vending API, with its stage (default: the stack's output Endpoint)
  --in-process      revoke from here, where no rotation function can be asked; takes the right to read the secret
  --dir DIR         folder of the local stack (default .local)
  --help            this text

Exit codes:
  0  revoked, and confirmed where the provider's settings name an introspectionUrl
  1  failed or not confirmed: the text says which
  4  cannot be revoked; the text says what to do instead
`;

/**
 * Reads the command line. There is no option for a token: everybody on the machine can see a command line.
 *
 * @returns undefined when it asks for help
 * @throws OperatorError
 */
export function parseRevokeOptions(args: readonly string[]): RevokeOptions | undefined {
  const values = parseStrictly(args);
  if (values.help === true) return undefined;
  const { env: environment, provider, endpoint, dir } = values;
  if (environment === undefined || provider === undefined) throw new OperatorError('--env and --provider are needed.');
  const isInProcess = values['in-process'] === true;
  return { environment, provider, endpoint: endpoint?.replace(/\/+$/, ''), isInProcess, directory: dir ?? '.local' };
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        env: { type: 'string' },
        provider: { type: 'string' },
        endpoint: { type: 'string' },
        'in-process': { type: 'boolean' },
        dir: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch {
    // The parser's own message quotes the argument, which may be the token.
    throw new OperatorError('There is an option that is not known, or an argument without an option; see --help.');
  }
}

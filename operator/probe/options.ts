import { parseArgs } from 'node:util';
import { OperatorError } from '../operator-error.ts';

export interface ProbeOptions {
  readonly environment: string;
  /** Ask here instead of at the stack's own endpoint. */
  readonly endpoint: string | undefined;
  /** The deployed prober does it. */
  readonly isDeployed: boolean;
  /** For one answer. */
  readonly timeoutMs: number;
  readonly isJson: boolean;
  /** The folder of the local stack's `stack.json`. */
  readonly directory: string;
}

/** What the command's exit says. Stable: pipelines depend on it. */
export const exitCodes = { passed: 0, failed: 1, cannotRun: 2, notRefused: 3 } as const;

export const usage = `npm run probe -- --env ENV [options]

Tries what callers do (a token of each provider, and again from memory) and what nobody may (unsigned, with a wrong key, a
foreign provider, method or path, the secrets and the vending function directly), and prints a line per probe.

  --env ENV          an environment of infra/environments.ts, or "local" for the stack of npm start
  --deployed         let the deployed prober do it, with its own role ("prober: true"); it needs nothing but
                     lambda:InvokeFunction on the prober and cloudformation:DescribeStacks
  --endpoint URL     ask at this address, with its stage, instead of the stack's output Endpoint
  --timeout SECONDS  how long to wait for one answer (default 10)
  --json             print one JSON object: {"results": [{"probe", "outcome", "detail", "milliseconds"}]}
  --dir DIR          folder of the local stack (default .local)
  --help             this text

Exit codes:
  0  no probe failed; what was skipped is listed, with the reason
  1  a probe failed: something does not work, or could not be asked
  2  nothing was tried: a wrong option, no such environment or stack, no AWS credentials
  3  something was not refused, whether or not other probes failed
`;

/**
 * Reads the command line.
 *
 * @returns undefined when it asks for help
 * @throws OperatorError
 */
export function parseProbeOptions(args: readonly string[]): ProbeOptions | undefined {
  const values = parseStrictly(args);
  if (values.help === true) return undefined;
  const { env: environment, endpoint, dir } = values;
  if (environment === undefined) throw new OperatorError('--env is needed.');
  if (endpoint !== undefined && !isEndpoint(endpoint)) {
    throw new OperatorError('--endpoint must be an https: URL (http: only on loopback).');
  }
  const isDeployed = values.deployed === true;
  if (isDeployed && environment === 'local') throw new OperatorError('The local stack has no deployed prober.');
  if (isDeployed && (endpoint !== undefined || values.timeout !== undefined)) {
    throw new OperatorError(
      'The deployed prober has its own endpoint and timeout: leave out --endpoint and --timeout.',
    );
  }
  const timeoutMs = 1000 * Number(values.timeout ?? '10');
  if (!(timeoutMs > 0)) throw new OperatorError('--timeout must be a number of seconds.');
  return {
    environment,
    endpoint: endpoint?.replace(/\/+$/, ''),
    isDeployed,
    timeoutMs,
    isJson: values.json === true,
    directory: dir ?? '.local',
  };
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        env: { type: 'string' },
        deployed: { type: 'boolean' },
        endpoint: { type: 'string' },
        timeout: { type: 'string' },
        json: { type: 'boolean' },
        dir: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new OperatorError(`${(error as Error).message} See --help.`);
  }
}

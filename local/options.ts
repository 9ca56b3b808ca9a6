import { parseArgs } from 'node:util';

export interface StartOptions {
  readonly port: number;
  readonly maxInstances: number;
  /** The kind of API that the gateway plays. */
  readonly api: 'rest' | 'http';
  /** Requests per second that the gateway allows; undefined: any number. */
  readonly requestsPerSecond: number | undefined;
  /** Requests per second that the function allows each caller; undefined: any number. */
  readonly callerLimit: number | undefined;
  /** Whether the gateway plays the web ACL of the same limit. */
  readonly hasWebAcl: boolean;
  /** Path of a providers file. */
  readonly providersFile: string | undefined;
  /** Whether instances share tokens, as the setting of an environment. */
  readonly tokenStore: 'memory' | 'dynamodb';
  /** Holds `stack.json`, the bundles and the logs. */
  readonly directory: string;
}

/** A mistake that the person at the terminal can correct. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `npm start -- [options]

  --port N            port of the gateway on 127.0.0.1 (default 8787; 0: any free one)
  --api KIND          rest (default) or http: the kind of API whose events and refusals the gateway plays
  --max-instances N   how many Lambda instances may run at once (default 4)
  --throttle N        requests per second that the gateway allows (default: any number)
  --caller-limit N    requests per second that the function allows each caller; twice as many at once (default: any number)
  --web-acl           with --caller-limit: the gateway plays the web ACL that a stack can create for it
  --providers FILE    JSON file: name → provider settings, with "secret": the client credentials;
                      replaces the built-in providers
  --token-store KIND  memory: each instance obtains its own tokens (default);
                      dynamodb: they share them through a table, in a process of its own
  --dir DIR           folder for stack.json, the bundles and the logs (default .local); a second stack needs its own
  --help              this text

AWS_ENDPOINT_URL_SECRETS_MANAGER, when set, is used instead of the local Secrets Manager,
and AWS_ENDPOINT_URL_DYNAMODB instead of the embedded table of --token-store dynamodb.
`;

/**
 * Reads the command line.
 *
 * @returns undefined when it asks for help
 * @throws UsageError
 */
export function parseStartOptions(args: readonly string[]): StartOptions | undefined {
  const values = parseStrictly(args);
  if (values.help === true) return undefined;
  return {
    port: parseWholeNumber('--port', values.port ?? '8787', 0, 65_535),
    api: parseApi(values.api ?? 'rest'),
    maxInstances: parseWholeNumber('--max-instances', values['max-instances'] ?? '4', 1, 1000),
    requestsPerSecond:
      values.throttle === undefined ? undefined : parseWholeNumber('--throttle', values.throttle, 1, 10_000),
    callerLimit:
      values['caller-limit'] === undefined
        ? undefined
        : parseWholeNumber('--caller-limit', values['caller-limit'], 1, 10_000),
    hasWebAcl: parseWebAcl(values),
    providersFile: values.providers,
    tokenStore: parseTokenStore(values['token-store'] ?? 'memory'),
    directory: values.dir || '.local',
  };
}

interface Values {
  readonly port?: string;
  readonly api?: string;
  readonly 'max-instances'?: string;
  readonly throttle?: string;
  readonly 'caller-limit'?: string;
  readonly 'web-acl'?: boolean;
  readonly providers?: string;
  readonly 'token-store'?: string;
  readonly dir?: string;
  readonly help?: boolean;
}

function parseStrictly(args: readonly string[]): Values {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        api: { type: 'string' },
        'max-instances': { type: 'string' },
        throttle: { type: 'string' },
        'caller-limit': { type: 'string' },
        'web-acl': { type: 'boolean' },
        providers: { type: 'string' },
        'token-store': { type: 'string' },
        dir: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parseApi(text: string): 'rest' | 'http' {
  if (text === 'rest' || text === 'http') return text;
  throw new UsageError(`--api must be rest or http, not "${text}"`);
}

function parseWebAcl(values: Values): boolean {
  if (values['web-acl'] !== true) return false;
  if (values['caller-limit'] === undefined) throw new UsageError('--web-acl needs --caller-limit');
  if (values.api === 'http') throw new UsageError('--web-acl needs --api rest: an HTTP API has no web ACL');
  return true;
}

function parseWholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${name} must be a whole number from ${min} to ${max}, not "${text}"`);
}

function parseTokenStore(text: string): StartOptions['tokenStore'] {
  if (text === 'memory' || text === 'dynamodb') return text;
  throw new UsageError(`--token-store must be memory or dynamodb, not "${text}"`);
}

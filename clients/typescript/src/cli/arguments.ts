import { parseArgs } from 'node:util';

export interface ClientArguments {
  readonly provider: string;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly scope: string | undefined;
}

export type Arguments =
  | { readonly command: 'help' }
  | { readonly command: 'version' }
  | (ClientArguments & { readonly command: 'token'; readonly minTtlSeconds: number; readonly isJson: boolean })
  | (ClientArguments & { readonly command: 'exec'; readonly minTtlSeconds: number; readonly run: readonly string[] })
  | (ClientArguments & { readonly command: 'proxy'; readonly to: URL; readonly port: number });

const common = { endpoint: 'string', region: 'string', scope: 'string' } as const;
const optionsOf = {
  token: { ...common, 'min-ttl': 'string', json: 'boolean' },
  exec: { ...common, 'min-ttl': 'string' },
  proxy: { ...common, to: 'string', port: 'string' },
} as const;

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** @throws TypeError that says what is wrong */
export function parseArguments(args: readonly string[]): Arguments {
  const separator = args.indexOf('--');
  const own = separator === -1 ? args : args.slice(0, separator);
  if (own.some((word) => word === '--help' || word === '-h')) return { command: 'help' };
  if (own[0] === '--version') return { command: 'version' };
  const [command, ...words] = own;
  if (command !== 'token' && command !== 'exec' && command !== 'proxy') {
    throw new TypeError('Say token, exec or proxy; --help tells more.');
  }
  const run = separator === -1 ? undefined : args.slice(separator + 1);
  const { values, provider } = parseWords(command, words);
  if (run !== undefined && command !== 'exec') throw new TypeError(`${command} takes no command after --.`);
  const client = {
    provider,
    endpoint: text(values, 'endpoint'),
    region: text(values, 'region'),
    scope: text(values, 'scope'),
  };
  switch (command) {
    case 'token':
      return { command, ...client, minTtlSeconds: parseMinTtl(values), isJson: values['json'] === true };
    case 'exec':
      if (run === undefined || run.length === 0) throw new TypeError('Say what to run: exec PROVIDER -- COMMAND ...');
      return { command, ...client, minTtlSeconds: parseMinTtl(values), run };
    case 'proxy':
      return {
        command,
        ...client,
        to: parseTarget(text(values, 'to')),
        port: parseWhole('--port', values['port'] ?? '0', 65_535),
      };
  }
}

function parseWords(command: keyof typeof optionsOf, words: readonly string[]): { values: Values; provider: string } {
  const options = Object.fromEntries(Object.entries(optionsOf[command]).map(([name, type]) => [name, { type }]));
  const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
  const [provider, ...rest] = positionals;
  if (provider === undefined) throw new TypeError(`Say which provider: ${command} PROVIDER`);
  if (rest.length > 0)
    throw new TypeError(`${command} takes one provider${command === 'exec' ? ', and a command after --' : ''}.`);
  return { values: values as Values, provider };
}

function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

function parseMinTtl(values: Values): number {
  return parseWhole('--min-ttl', values['min-ttl'] ?? '0', 86_400);
}

function parseWhole(name: string, value: string | boolean, max: number): number {
  const number = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (number <= max) return number;
  throw new TypeError(`${name} must be a whole number from 0 to ${max}.`);
}

function parseTarget(target: string | undefined): URL {
  const url = target !== undefined && URL.canParse(target) ? new URL(target) : undefined;
  if (
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.search === '' &&
    url.hash === '' &&
    url.username === ''
  ) {
    return url;
  }
  throw new TypeError("--to must be the URL of the provider's API, without query, fragment or user.");
}

import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFunction } from '../infra/bundling.ts';
import { startProveServer } from '../local/providers/prove-server.ts';
import { SecretStore } from '../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../local/secrets-manager/secrets-manager.ts';
import { median } from './statistics.ts';
import { printTable } from './table.ts';
import type { WarmMeasurement, WarmVariant } from './warm-vend-process.ts';

const variants: Readonly<Record<WarmVariant, string>> = {
  bare: 'bare handler',
  middy: 'bare middy handler',
  'middy-log': 'bare middy handler that writes one log line',
  vend: 'vend: the bundled function, token in memory',
};

const secretId = 'token-vending/bench/prove';

/**
 * How much a vend from memory costs, beside a handler that does nothing. Every round runs each variant in a fresh
 * process, one after the other; the table shows the median of the rounds, the ratios those within a round.
 */
export async function runWarmVend(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      vends: { type: 'string', default: '200000' },
      rounds: { type: 'string', default: '5' },
      memory: { type: 'string', default: '1000000' },
    },
  });
  const directory = await mkdtemp(join(tmpdir(), 'token-vending-bench-'));
  const store = new SecretStore(Date.now);
  store.CreateSecret({ Name: secretId, SecretString: '{"client_id":"bench","client_secret":"bench"}' });
  const secretsManager = await startSecretsManager(store);
  const prove = await startProveServer({ clientId: 'bench', clientSecret: 'bench', tokenLifetimeSeconds: 86_400 });
  await bundleFunction('vend', directory);
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    PROVIDERS: JSON.stringify({ prove: { tokenUrl: prove.tokenUrl, secretId, dialect: 'prove' } }),
    BENCH_FUNCTION: join(directory, 'index.js'),
  };
  const measure = (variant: WarmVariant, vends: number) => runProcess(variant, vends, environment);

  const rounds: Record<WarmVariant, WarmMeasurement>[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const measured: Partial<Record<WarmVariant, WarmMeasurement>> = {};
    for (const variant of Object.keys(variants) as WarmVariant[])
      measured[variant] = await measure(variant, Number(values.vends));
    rounds.push(measured as Record<WarmVariant, WarmMeasurement>);
  }
  printWarmVend(rounds);
  const memory = await measure('vend', Number(values.memory));
  printMemory(memory);
  await Promise.all([secretsManager.close(), prove.close(), rm(directory, { recursive: true })]);
}

function printWarmVend(rounds: readonly Record<WarmVariant, WarmMeasurement>[]): void {
  const rows = (Object.keys(variants) as WarmVariant[]).map((variant) => {
    const of = (read: (measured: WarmMeasurement) => number) => median(rounds.map((round) => read(round[variant])));
    const ratioTo = (other: WarmVariant) =>
      median(rounds.map((round) => round[variant].meanMicros / round[other].meanMicros)).toFixed(2);
    return [
      variants[variant],
      of(({ meanMicros }) => 1e6 / meanMicros).toFixed(0),
      of(({ p50Micros }) => p50Micros).toFixed(2),
      of(({ p99Micros }) => p99Micros).toFixed(2),
      ratioTo('middy'),
      ratioTo('middy-log'),
    ];
  });
  const header = ['warm-vend', 'calls/s', 'p50 µs', 'p99 µs', '× bare middy', '× bare middy with log line'];
  printTable(header, rows);
}

function printMemory({ heapAtTenthKb, heapAtEndKb, rssAtTenthKb, rssAtEndKb, vends }: WarmMeasurement): void {
  const row = (name: string, tenth: number, end: number) => [name, `${tenth}`, `${end}`, `${end - tenth}`];
  const header = ['memory, KiB', `after ${vends / 10} vends`, `after ${vends} vends`, 'growth'];
  printTable(header, [row('heap in use', heapAtTenthKb, heapAtEndKb), row('resident set', rssAtTenthKb, rssAtEndKb)]);
}

function runProcess(
  variant: WarmVariant,
  vends: number,
  environment: Record<string, string>,
): Promise<WarmMeasurement> {
  const child = fork(join(import.meta.dirname, 'warm-vend-process.ts'), [variant, String(vends)], {
    env: environment,
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  // In Lambda a function's stdout is a pipe that somebody reads.
  child.stdout?.resume();
  return new Promise((resolve, reject) => {
    child.once('message', (measured) => resolve(measured as WarmMeasurement));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${variant} ended with ${code} before it had measured anything`)));
  });
}

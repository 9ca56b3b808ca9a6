import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createApiClient } from '../../../functions/probe/api-client.ts';
import { createProbeHandler, type ProbeFunctionDeps, type ProbeReport } from '../../../functions/probe/handler.ts';
import { parseConfig } from '../../../functions/shared/settings/config.ts';
import { hasLambdasForm } from '../../support/log-form.ts';
import { type ProberEndpoint, startProberEndpoint } from './prober-endpoint.ts';

const fifty = Array.from({ length: 50 }, (_, index) => `provider-${index}`);

let endpoint: ProberEndpoint;
beforeAll(async () => {
  endpoint = await startProberEndpoint(['prove', ...fifty]);
});
afterAll(() => endpoint.close());

const denied = {
  send: () => Promise.reject(Object.assign(new Error('canary'), { name: 'AccessDeniedException' })),
};
const settings = (names: readonly string[]) => ({
  providers: Object.fromEntries(names.map((name) => [name, { tokenUrl: 'https://a.example/t', secretId: name }])),
});

/** One run of the function as it is wired, against an endpoint on loopback. */
async function run(changes: Partial<ProbeFunctionDeps> = {}, providers = ['prove'], remainingMs = 60_000) {
  const lines: string[] = [];
  const handle = createProbeHandler({
    config: parseConfig(JSON.stringify(settings(providers))),
    call: createApiClient({
      endpoint: endpoint.url,
      region: 'us-east-1',
      readCredentials: async () => endpoint.prober,
    }),
    secretsManager: denied,
    lambda: denied,
    vendingFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:vend:live',
    now: Date.now,
    random: Math.random,
    sleep: async () => {},
    write: (line) => lines.push(line),
    functionName: 'the-prober',
    ...changes,
  } as ProbeFunctionDeps);
  const report: ProbeReport = await handle({}, { getRemainingTimeInMillis: () => remainingMs });
  const written = lines.join('') + JSON.stringify(report);
  for (const secret of ['canary', endpoint.prober.secretAccessKey, endpoint.prober.sessionToken]) {
    expect(written).not.toContain(secret);
  }
  expect(lines.filter((line) => !hasLambdasForm(line.trim()))).toEqual([]);
  return { report, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('a run in which everything passes writes one line, which shows that the prober is alive', async () => {
  const { report, lines } = await run();
  expect(report.results.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => 'passed'));
  expect(lines).toEqual([
    expect.objectContaining({
      message: 'probes',
      passed: 10,
      failed: 0,
      notRefused: 0,
      function: 'the-prober',
      ProbeFailed: 0,
      ProbeRefusalMissing: 0,
    }),
  ]);
});

test('each probe that has not passed has a line and a metric with its name', async () => {
  const readable = { send: async () => ({ SecretString: 'canary' }) };
  const unreachable = { send: () => Promise.reject(Object.assign(new Error('canary'), { code: 'ECONNREFUSED' })) };
  const { lines } = await run({ secretsManager: readable as never, lambda: unreachable as never });
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'error',
      probe: 'secret of prove',
      outcome: 'not-refused',
      detail: 'let through',
      ProbeRefusalMissing: 1,
    }),
    expect.objectContaining({
      level: 'error',
      probe: 'vending function',
      outcome: 'failed',
      detail: 'could not be asked (ECONNREFUSED)',
      ProbeFailed: 1,
    }),
    expect.objectContaining({ message: 'probes', passed: 8, failed: 1, notRefused: 1 }),
  ]);
});

test('50 providers are asked a few at a time', async () => {
  const { report } = await run({}, fifty);
  expect(report.results).toHaveLength(50 + 50 + 8);
  expect(report.results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  expect(endpoint.mostAtOnce).toBeLessThanOrEqual(5);
});

test('what has no time left has failed, and is reported', async () => {
  const { report } = await run({}, ['prove'], 2_000);
  const asked = report.results.slice(0, 8);
  expect(asked.map(({ outcome, detail }) => `${outcome}: ${detail}`)).toEqual(
    asked.map(() => 'failed: no time was left to ask'),
  );
});

test('a fault of the prober’s own fails the probe, by the name of the error only', async () => {
  const call = () => Promise.reject(new TypeError('canary'));
  const { report } = await run({ call });
  expect(report.results[0]).toMatchObject({ outcome: 'failed', detail: 'the prober itself failed (TypeError)' });
});

import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Provider } from '../shared/settings/provider-settings.ts';
import { type AskDeps, createAsk } from './ask.ts';
import { createFunctionProbe, createSecretProbe } from './direct-access-probes.ts';
import { createHealthProbe } from './health-probe.ts';
import { failed, NotAskedError, type Probe, type ProbeResult, skipped, type Verdict } from './probe-result.ts';
import { createRefusalProbes } from './refusal-probes.ts';
import { createTokenProbe, WorkingScopes } from './token-probe.ts';

/** Why something is not tried. */
interface Skipped {
  readonly skipBecause: string;
}

export interface ProbeDeps extends AskDeps {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly secrets: { readonly client: Pick<SecretsManagerClient, 'send'> } | Skipped;
  /** `arn` of its alias. */
  readonly vendingFunction: { readonly client: Pick<LambdaClient, 'send'>; readonly arn: string } | Skipped;
}

/**
 * Tries what callers do, and what nobody may. Always returns a result per probe, in the same order.
 *
 * @param deadlineMs wall clock, milliseconds since 1970; what has no time left has failed
 */
export type RunProbes = (deadlineMs: number) => Promise<readonly ProbeResult[]>;

/** At once. More would be a load of their own: 50 providers have time enough. */
const maxConcurrency = 5;

/** What it remembers between two runs is which scopes work. */
export function createRunProbes(deps: ProbeDeps): RunProbes {
  const working = new WorkingScopes();
  return async function runProbes(deadlineMs) {
    const probes = createProbes(deps, working);
    const results = new Map<Probe, ProbeResult>();
    const queue = [...probes];
    async function work(): Promise<void> {
      for (let probe = queue.shift(); probe !== undefined; probe = queue.shift()) {
        results.set(probe, await runProbe(probe, deadlineMs, deps.now));
      }
    }
    await Promise.all(Array.from({ length: maxConcurrency }, work));
    return probes.flatMap((probe) => results.get(probe) ?? []);
  };
}

function createProbes(deps: ProbeDeps, working: WorkingScopes): readonly Probe[] {
  const ask = createAsk(deps);
  const providers = [...deps.providers.values()];
  return [
    createHealthProbe(ask),
    ...providers.map((provider) => createTokenProbe(ask, provider, working)),
    ...createRefusalProbes(ask, providers[0]?.name ?? ''),
    ...providers.map((provider) => secretProbe(deps, provider)),
    functionProbe(deps),
  ];
}

function secretProbe({ secrets }: ProbeDeps, { name, secretId }: Provider): Probe {
  if ('client' in secrets) return createSecretProbe(secrets.client, name, secretId);
  return { name: `secret of ${name}`, run: async () => skipped(secrets.skipBecause) };
}

function functionProbe({ vendingFunction }: ProbeDeps): Probe {
  if ('client' in vendingFunction) return createFunctionProbe(vendingFunction.client, vendingFunction.arn);
  return { name: 'vending function', run: async () => skipped(vendingFunction.skipBecause) };
}

async function runProbe({ name, run }: Probe, deadlineMs: number, now: () => number): Promise<ProbeResult> {
  const startedAtMs = now();
  const verdict = await run(deadlineMs).catch(asVerdict);
  return { probe: name, ...verdict, milliseconds: Math.round(now() - startedAtMs) };
}

/** Of a foreign error only its name: its message may quote what was sent. */
function asVerdict(error: unknown): Verdict {
  if (error instanceof NotAskedError) return failed(error.message);
  return failed(`the prober itself failed (${error instanceof Error ? error.name : typeof error})`);
}

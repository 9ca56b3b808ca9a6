import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { ProbeResult } from '../../../functions/probe/probe-result.ts';
import type { ProviderSettings } from '../../../functions/shared/settings/provider-settings.ts';
import { type StackDescription, startStack } from '../../../local/stack.ts';

const tool = join(import.meta.dirname, '../../../operator/probe.ts');

export interface Probed {
  readonly exitCode: number | null;
  readonly results: readonly ProbeResult[];
  /** The names of the probes that ended so. */
  named(outcome: ProbeResult['outcome']): string[];
  detailOf(probe: string): string | undefined;
}

/** The local stack, and the command that probes it. */
export interface ProbedStack {
  readonly description: StackDescription;
  /** Runs the command as an operator does. @param changes what `stack.json` says differently */
  run(
    args: readonly string[],
    changes?: Partial<StackDescription>,
  ): Promise<{ exitCode: number | null; output: string }>;
  /** The same with `--json`. */
  probe(args?: readonly string[], changes?: Partial<StackDescription>): Promise<Probed>;
  close(): Promise<void>;
}

/** @param tokenUrls by provider; each has the client secret `canary-secret`, and tokens that start `canary` */
export async function startProbedStack(
  tokenUrls: Readonly<Record<string, Partial<ProviderSettings> & { readonly tokenUrl: string }>>,
  requestsPerSecond?: number,
): Promise<ProbedStack> {
  const directory = await mkdtemp(join(tmpdir(), 'token-vending-probe-'));
  const byName = Object.fromEntries(
    Object.entries(tokenUrls).map(([name, settings]) => [
      name,
      {
        settings: { secretId: `token-vending/local/${name}`, ...settings },
        secret: { client_id: 'me', client_secret: 'canary-secret' },
      },
    ]),
  );
  const stack = await startStack({
    port: 0,
    maxInstances: 1,
    requestsPerSecond,
    providers: { byName, close: async () => {} },
    directory,
    onAnswered: () => {},
    onFunctionLine: () => {},
    onRotationLine: () => {},
  });

  const run: ProbedStack['run'] = async (args, changes = {}) => {
    await writeFile(join(directory, 'stack.json'), JSON.stringify({ ...stack.description, ...changes }));
    const child = spawn(process.execPath, [tool, '--env', 'local', '--dir', directory, ...args]);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
    expect(output).not.toContain('canary');
    return { exitCode, output };
  };
  return {
    description: stack.description,
    run,
    async probe(args = [], changes) {
      const { exitCode, output } = await run(['--json', ...args], changes);
      const { results } = JSON.parse(output) as { results: readonly ProbeResult[] };
      return {
        exitCode,
        results,
        named: (outcome) => results.filter((result) => result.outcome === outcome).map(({ probe }) => probe),
        detailOf: (name) => results.find(({ probe }) => probe === name)?.detail,
      };
    },
    async close() {
      await stack.close();
      await rm(directory, { recursive: true });
    },
  };
}

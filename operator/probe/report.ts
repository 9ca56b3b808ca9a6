import type { Outcome, ProbeResult } from '../../functions/probe/probe-result.ts';
import { exitCodes } from './options.ts';

const words: Readonly<Record<Outcome, string>> = {
  passed: 'ok',
  failed: 'FAILED',
  'not-refused': 'NOT REFUSED',
  skipped: 'skipped',
};

/** One readable line per probe, and a last one that sums up. */
export function describeResults(results: readonly ProbeResult[]): string {
  const lines = results.map(({ probe, outcome, detail, milliseconds }) => {
    return `${words[outcome].padEnd(12)} ${probe.padEnd(24)} ${detail} (${milliseconds} ms)`;
  });
  const count = (outcome: Outcome) => results.filter((result) => result.outcome === outcome).length;
  const sum = `${count('passed')} ok, ${count('failed')} failed, ${count('not-refused')} not refused, ${count('skipped')} skipped`;
  return `${[...lines, sum].join('\n')}\n`;
}

export function exitCodeOf(results: readonly ProbeResult[]): number {
  const has = (outcome: Outcome) => results.some((result) => result.outcome === outcome);
  if (has('not-refused')) return exitCodes.notRefused;
  return has('failed') ? exitCodes.failed : exitCodes.passed;
}

/** What is refused only to credentials that may do no more than a caller. */
const dependOnRights = /^(foreign provider|foreign method|secret of .+|vending function)$/;

/**
 * An operator's own credentials may be allowed more than a caller's. Then it proves nothing that something was not refused to
 * them: it is skipped, and never counted as passed. The foreign provider tells: IAM refuses it to every caller.
 */
export function withoutOwnRights(results: readonly ProbeResult[]): readonly ProbeResult[] {
  const isWide = results.some(({ probe, outcome }) => probe === 'foreign provider' && outcome === 'not-refused');
  if (!isWide) return results;
  return results.map((result) => {
    if (result.outcome !== 'not-refused' || !dependOnRights.test(result.probe)) return result;
    const detail = 'these AWS credentials are allowed more than a caller; use --deployed, or credentials of a caller';
    return { ...result, outcome: 'skipped', detail };
  });
}

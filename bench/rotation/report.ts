import { formatTable, type Target } from '../markdown.ts';
import type { Results } from '../results.ts';
import type { Kind } from './rotate-once.ts';

export interface Settings {
  readonly rotations: number;
  readonly instances: number;
  /** Of the second run, with a token store; undefined in results from before there was one. */
  readonly fleetRotations?: number;
  readonly fleetInstances?: number;
  readonly tokenLifetimeSeconds: number;
}

export interface MeasuredRotation {
  readonly kind: Kind;
  /** How long after the cutover a token of the old version was last vended. */
  readonly oldVendedForMs: number;
  /** Exchanges of all instances with the new version within a second of the first one after its promotion. */
  readonly exchangesAfterPromotion?: number;
}

export interface RotationFigures {
  readonly vends: number;
  readonly failures: readonly string[];
  /** How many vends could not use the token store. */
  readonly storeFailures?: number;
  readonly isWrongPromoted: boolean;
  readonly rotations: readonly MeasuredRotation[];
}

export type RotationResults = Results<Settings, RotationFigures & { readonly withStore?: RotationFigures }>;

export function formatRotation({ settings, figures }: RotationResults): string {
  const { withStore } = figures;
  const fleet =
    withStore === undefined
      ? ''
      : `\n\nThe same with ${settings.fleetInstances} instances and a token store, ${settings.fleetRotations} times. A promotion costs the fleet one exchange: the instances that
need a token after it find that one.\n\n${formatRun(withStore)}`;
  return `## Rotation under load

The secret is rotated ${settings.rotations} times while ${settings.instances} instances vend without a pause. In an overlap the provider accepts both secrets for a
while; in a hard cutover it refuses the old one before the rotation begins. Tokens serve for 2 s here, so that every
instance exchanges every 2 s; Prove's serve for up to an hour.

${formatRun(figures)}${fleet}`;
}

function formatRun({ vends, failures, isWrongPromoted, rotations }: RotationFigures): string {
  const isCounted = rotations.every(({ exchangesAfterPromotion }) => exchangesAfterPromotion !== undefined);
  const rows = [...new Set(rotations.map(({ kind }) => kind))].map((kind) => {
    const ofKind = rotations.filter((rotation) => rotation.kind === kind);
    const longestMs = Math.max(...ofKind.map(({ oldVendedForMs }) => oldVendedForMs));
    const exchanges = isCounted ? [`${mostExchanges(ofKind)}`] : [];
    return [kind, `${ofKind.length}`, (longestMs / 1000).toFixed(1), ...exchanges];
  });
  const header = ['rotation', 'how many', 'longest time until the last vend of an old token, s'];
  if (isCounted) header.push('most exchanges of all instances in the second after the first with the promoted secret');
  const reasons = [...new Set(failures)].map((failure) => `\n- failed: ${failure}`).join('');
  return `${formatTable(header, rows)}

${vends} vends, ${failures.length} failed. Wrong credentials, staged once in between, ${isWrongPromoted ? '**were promoted**' : 'were not promoted'}.${reasons}`;
}

function mostExchanges(rotations: readonly MeasuredRotation[]): number {
  return Math.max(...rotations.map(({ exchangesAfterPromotion = Number.NaN }) => exchangesAfterPromotion));
}

export function judgeRotation({
  settings,
  figures: { withStore },
}: Pick<RotationResults, 'settings' | 'figures'>): Target[] {
  if (withStore === undefined) return [];
  const { failures, rotations, storeFailures = 0 } = withStore;
  const most = mostExchanges(rotations);
  const who = `${settings.fleetInstances} instances with a token store`;
  return [
    {
      sentence: `${failures.length} vends of ${who} failed during rotations, none wanted`,
      isMet: failures.length === 0,
    },
    {
      sentence: `a promotion costs ${who} ${most} exchange(s), 1 wanted`,
      isMet: most === 1,
      ...(storeFailures > 0 && {
        reason: `The table did not answer in time ${storeFailures} times, and the instance exchanged itself.`,
      }),
    },
  ];
}

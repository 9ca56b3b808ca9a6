import { formatTable } from '../markdown.ts';
import type { Results } from '../results.ts';
import type { Kind } from './rotate-once.ts';

export interface Settings {
  readonly rotations: number;
  readonly instances: number;
  readonly tokenLifetimeSeconds: number;
}

export interface MeasuredRotation {
  readonly kind: Kind;
  /** How long after the cutover a token of the old version was last vended. */
  readonly oldVendedForMs: number;
}

export type RotationResults = Results<
  Settings,
  {
    readonly vends: number;
    readonly failures: readonly string[];
    readonly isWrongPromoted: boolean;
    readonly rotations: readonly MeasuredRotation[];
  }
>;

export function formatRotation({ settings, figures }: RotationResults): string {
  const { vends, failures, isWrongPromoted, rotations } = figures;
  const rows = [...new Set(rotations.map(({ kind }) => kind))].map((kind) => {
    const ofKind = rotations.filter((rotation) => rotation.kind === kind);
    const longestMs = Math.max(...ofKind.map(({ oldVendedForMs }) => oldVendedForMs));
    return [kind, `${ofKind.length}`, (longestMs / 1000).toFixed(1)];
  });
  const reasons = [...new Set(failures)].map((failure) => `\n- failed: ${failure}`).join('');
  return `## Rotation under load

The secret is rotated ${settings.rotations} times while ${settings.instances} instances vend without a pause. In an overlap the provider accepts both secrets for a
while; in a hard cutover it refuses the old one before the rotation begins. Tokens serve for 2 s here, so that every
instance exchanges every 2 s; Prove's serve for up to an hour.

${formatTable(['rotation', 'how many', 'longest time until the last vend of an old token, s'], rows)}

${vends} vends, ${failures.length} failed. Wrong credentials, staged once in between, ${isWrongPromoted ? '**were promoted**' : 'were not promoted'}.${reasons}`;
}

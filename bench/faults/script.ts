export type ProviderFault =
  | 'healthy'
  | '500'
  | '429'
  | '503'
  | 'hang'
  | 'reset'
  | 'refused'
  | 'html'
  | 'truncated'
  | 'redirect'
  | 'slow';

export type SecretsFault = 'healthy' | 'throttled' | '500' | 'hang';

/** A time in which both backends behave in one way. */
export interface Phase {
  /** For the report. */
  readonly title: string;
  /** On the fast clock. */
  readonly seconds: number;
  readonly provider: ProviderFault;
  readonly secrets: SecretsFault;
}

type Kind = Omit<Phase, 'seconds'>;

export const healthy: Kind = { title: 'healthy', provider: 'healthy', secrets: 'healthy' };

/** Every fault. */
export const phaseKinds: readonly Kind[] = [
  { title: 'provider: 500', provider: '500', secrets: 'healthy' },
  { title: 'provider: 429, Retry-After in seconds', provider: '429', secrets: 'healthy' },
  { title: 'Secrets Manager: throttled', provider: 'healthy', secrets: 'throttled' },
  { title: 'provider: 503, Retry-After as a date', provider: '503', secrets: 'healthy' },
  { title: 'provider: hangs', provider: 'hang', secrets: 'healthy' },
  { title: 'provider: resets connections', provider: 'reset', secrets: 'healthy' },
  { title: 'Secrets Manager: 500', provider: 'healthy', secrets: '500' },
  { title: 'provider: refuses connections', provider: 'refused', secrets: 'healthy' },
  { title: 'provider: 502 in HTML', provider: 'html', secrets: 'healthy' },
  { title: 'provider: truncated JSON', provider: 'truncated', secrets: 'healthy' },
  { title: 'Secrets Manager: hangs', provider: 'healthy', secrets: 'hang' },
  { title: 'provider: redirects', provider: 'redirect', secrets: 'healthy' },
  { title: 'provider: answers after 3 s', provider: 'slow', secrets: 'healthy' },
  { title: 'both: 500', provider: '500', secrets: '500' },
];

/**
 * An hour in which every fault comes three times, for 20, 30 and 45 s, with 40 healthy seconds after each; two more last
 * for minutes. A token of 300 s is refreshed after 225 to 270 s and vended up to 290 s: it bridges 20 to 65 s, which is
 * longer than most faults. The two long ones outlast it, the last even a new token.
 */
export function createScriptedHour(): readonly Phase[] {
  const rounds = [20, 30, 45].flatMap((seconds) =>
    phaseKinds.flatMap((kind) => [
      { ...kind, seconds },
      { ...healthy, seconds: 40 },
    ]),
  );
  return [
    { ...healthy, seconds: 50 },
    ...rounds,
    { title: 'long: both hang', provider: 'hang', secrets: 'hang', seconds: 120 },
    { ...healthy, seconds: 40 },
    { title: 'long: provider: 500', provider: '500', secrets: 'healthy', seconds: 330 },
    { ...healthy, seconds: 50 },
  ];
}

export function totalSeconds(phases: readonly Phase[]): number {
  return phases.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** The same phases in the same proportions, `seconds` long in all. */
export function scaleTo(seconds: number, phases: readonly Phase[]): readonly Phase[] {
  const factor = seconds / totalSeconds(phases);
  return phases.map((phase) => ({ ...phase, seconds: phase.seconds * factor }));
}

import { median, medianRatio } from '../statistics.ts';
import type { Times } from './measurements.ts';
import { type VariantName, variantNames } from './variants.ts';

export interface VariantFigures extends Times {
  readonly logLinesPerCall: number;
}

type ByVariant<Value> = Readonly<Record<VariantName, Value>>;

/** What each variant took in one round. */
export type Round = ByVariant<VariantFigures>;

/** Medians of the rounds. */
export function summarizeAll(rounds: readonly Round[]): ByVariant<VariantFigures> {
  return Object.fromEntries(variantNames.map((name) => [name, summarize(rounds, name)])) as ByVariant<VariantFigures>;
}

function summarize(rounds: readonly Round[], name: VariantName): VariantFigures {
  const of = (key: keyof VariantFigures) => median(rounds.map((round) => round[name][key]));
  return {
    cpuMicros: of('cpuMicros'),
    p50Micros: of('p50Micros'),
    p99Micros: of('p99Micros'),
    logLinesPerCall: of('logLinesPerCall'),
  };
}

/** How many times the processor time of `other` a call takes. */
export function timesAsLong(rounds: readonly Round[], name: VariantName, other: VariantName): number {
  const cpu = (variant: VariantName) => rounds.map((round) => round[variant].cpuMicros);
  return medianRatio(cpu(name), cpu(other));
}

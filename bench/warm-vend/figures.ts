import { median } from '../statistics.ts';
import type { Times } from './measurements.ts';
import type { VariantName } from './variants.ts';

export interface RoundTimes extends Times {
  readonly logLinesPerCall: number;
}

/** What each variant took in one round. */
export type Round = Readonly<Record<VariantName, RoundTimes>>;

/** Medians of the rounds. */
export interface Figures extends RoundTimes {
  /** A second of processor time. */
  readonly callsPerSecond: number;
  readonly timesBareMiddy: number;
  readonly timesBareMiddyLog: number;
}

export function summarize(rounds: readonly Round[], name: VariantName): Figures {
  const of = (key: keyof RoundTimes) => median(rounds.map((round) => round[name][key]));
  return {
    cpuMicros: of('cpuMicros'),
    p50Micros: of('p50Micros'),
    p99Micros: of('p99Micros'),
    logLinesPerCall: of('logLinesPerCall'),
    callsPerSecond: median(rounds.map((round) => 1e6 / round[name].cpuMicros)),
    timesBareMiddy: timesAsLong(rounds, name, 'bare-middy'),
    timesBareMiddyLog: timesAsLong(rounds, name, 'bare-middy-log'),
  };
}

/** How many times the other's processor time a call takes: the median of the ratios within a round. */
export function timesAsLong(rounds: readonly Round[], name: VariantName, other: VariantName): number {
  return median(rounds.map((round) => round[name].cpuMicros / round[other].cpuMicros));
}

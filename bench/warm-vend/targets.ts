import type { Target } from '../markdown.ts';
import { type Round, timesAsLong, type VariantFigures } from './figures.ts';
import { auditPeers, variants } from './variants.ts';

/** Lambda bills whole milliseconds. */
const mostMicros = 1000;

const whyBehind =
  'A Map in front of `fetch` neither parses the request nor looks at scopes, `min_ttl` or reports. All of that takes less ' +
  'than a microsecond, of a vend for which API Gateway takes milliseconds.';

export function judge(rounds: readonly Round[], { p99Micros }: VariantFigures): Target[] {
  const isBilledOnce = {
    sentence: `99 of 100 vends take at most ${p99Micros.toFixed(0)} µs, less than ${mostMicros} wanted`,
  };
  return [{ ...isBilledOnce, isMet: p99Micros < mostMicros }, ...judgePeers(rounds)];
}

/** As deployed, against peers that write the same line. */
function judgePeers(rounds: readonly Round[]): Target[] {
  const [fastest] = auditPeers
    .filter((peer) => rounds.every((round) => round[peer] !== undefined))
    .map((peer) => ({ title: variants[peer].title, times: timesAsLong(rounds, peer, 'vend') }))
    .sort((a, b) => a.times - b.times);
  if (fastest === undefined) return [];
  const sentence = `with the same log line, the fastest peer (${fastest.title}) takes ${fastest.times.toFixed(2)} × the time of a vend, more than 1 × wanted`;
  return [{ sentence, isMet: fastest.times > 1, reason: whyBehind }];
}

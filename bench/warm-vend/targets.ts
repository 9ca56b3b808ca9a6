import { contestants, peers } from '../contestants/contestants.ts';
import type { Target } from '../targets.ts';
import { type Round, timesAsLong } from './figures.ts';
import type { VariantName } from './variants.ts';

const mostTimesBareMiddy = 1.5;
const leastTimesOfSlowestPeer = 5;

/**
 * What issue "Fast on a cold start, free on a warm one" asks for, and whether it is so. It is the service as it is
 * deployed that is judged; how it would stand without its log line, which no peer writes, is said beside.
 */
export function judge(rounds: readonly Round[]): Target[] {
  return [judgeMiddy(rounds), judgeSlowestPeer(rounds), judgeFastestPeer(rounds)];
}

function judgeMiddy(rounds: readonly Round[]): Target {
  const times = timesAsLong(rounds, 'vend', 'bare-middy');
  const quiet = timesAsLong(rounds, 'vend-at-warn', 'bare-middy');
  return {
    sentence: `a vend takes ${show(times)} × a bare middy handler, at most ${mostTimesBareMiddy} (at WARN ${show(quiet)} ×)`,
    isMet: times <= mostTimesBareMiddy,
  };
}

function judgeSlowestPeer(rounds: readonly Round[]): Target {
  const { name, times, quiet } = compareToPeers(rounds).at(-1) ?? none;
  return {
    sentence: `the slowest peer (${name}) takes ${show(times)} × a vend, at least ${leastTimesOfSlowestPeer} (at WARN ${show(quiet)} ×)`,
    isMet: times >= leastTimesOfSlowestPeer,
  };
}

function judgeFastestPeer(rounds: readonly Round[]): Target {
  const { name, times, quiet } = compareToPeers(rounds)[0] ?? none;
  return {
    sentence: `ahead of every peer; the fastest (${name}) takes ${show(times)} × a vend (at WARN ${show(quiet)} ×)`,
    isMet: times > 1,
  };
}

const none = { name: 'none', times: Number.NaN, quiet: Number.NaN };

/** The fastest first. */
function compareToPeers(rounds: readonly Round[]): (typeof none)[] {
  const compare = (peer: VariantName, own: VariantName) => timesAsLong(rounds, peer, own);
  return peers
    .map((peer) => ({
      name: contestants[peer],
      times: compare(peer, 'vend'),
      quiet: compare(peer, 'vend-at-warn'),
    }))
    .sort((a, b) => a.times - b.times);
}

function show(times: number): string {
  return times.toFixed(2);
}

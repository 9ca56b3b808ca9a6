import { contestants, peers } from '../contestants/contestants.ts';
import type { Target } from '../targets.ts';
import type { Mode } from './backends.ts';
import { summarize, timesAsLong } from './figures.ts';
import type { Rounds } from './rounds.ts';

const mostTimesFloor: Readonly<Record<Mode, number>> = { loopback: 1.5, network: 1.1 };
const mostTimesSdkMemory = 1.25;

/** What issue "Fast on a cold start, free on a warm one" asks for, and whether it is so. */
export function judge(mode: Mode, rounds: Rounds): Target[] {
  return [judgeFloor(mode, rounds), judgePeers(rounds), ...judgeMemory(rounds)].map(({ sentence, isMet }) => ({
    sentence: `${mode}: ${sentence}`,
    isMet,
  }));
}

function judgeFloor(mode: Mode, { vend, floor }: Rounds): Target {
  const [times, limit] = [timesAsLong(vend, floor), mostTimesFloor[mode]];
  return { sentence: `first token ${times.toFixed(2)} × the floor, at most ${limit}`, isMet: times <= limit };
}

function judgePeers(rounds: Rounds): Target {
  const all = peers.map((name) => ({ name, times: timesAsLong(rounds[name], rounds.vend) }));
  const fastest = all.reduce((best, peer) => (peer.times < best.times ? peer : best));
  return {
    sentence: `ahead of every peer; the fastest (${contestants[fastest.name]}) takes ${fastest.times.toFixed(2)} ×`,
    isMet: fastest.times > 1,
  };
}

/** None where the system does not tell. */
function judgeMemory(rounds: Rounds): Target[] {
  const [own, sdk] = [summarize(rounds.vend).rssKb, summarize(rounds['bare-sdk']).rssKb];
  if (own === undefined || sdk === undefined) return [];
  const [times, limit] = [own / sdk, mostTimesSdkMemory];
  return [
    {
      sentence: `resident set ${times.toFixed(2)} × that of an empty handler with the SDK, at most ${limit}`,
      isMet: times <= limit,
    },
  ];
}

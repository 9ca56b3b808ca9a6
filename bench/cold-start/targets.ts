import { contestants, peers } from '../contestants/contestants.ts';
import type { Target } from '../markdown.ts';
import { type ByContestant, type ContestantFigures, timesAsLong } from './figures.ts';
import type { Mode } from './rounds.ts';

const mostTimesFloor: Readonly<Record<Mode, number>> = { loopback: 1.5, network: 1.1 };
const mostTimesFloorWithStore = 0.95;
const mostTimesSdkMemory = 1.25;

const whyAboveFloor =
  'The AWS SDK costs about 20 ms of processor time on its first use; the row that only reads the secret shows it. The ' +
  'floor signs by hand instead. Over a network the SDK loads while the connections open, so a caller in AWS hardly waits ' +
  'for it, and we keep the client that AWS maintains.';

export function judge(mode: Mode, figures: ByContestant<ContestantFigures>): Target[] {
  const targets = [
    judgeFloor(mode, figures),
    judgePeers(figures),
    ...judgeMemory(figures),
    ...judgeStore(mode, figures),
  ];
  return targets.map((target) => ({
    ...target,
    sentence: `${mode}: ${target.sentence}`,
  }));
}

function judgeFloor(mode: Mode, { vend }: ByContestant<ContestantFigures>): Target {
  const [times, limit] = [vend.timesFloor, mostTimesFloor[mode]];
  return {
    sentence: `the first token takes ${times.toFixed(2)} × as long as the floor, at most ${limit} × wanted`,
    isMet: times <= limit,
    reason: whyAboveFloor,
  };
}

/** The floor exchanges. Who finds the fleet's token does not, but on loopback an exchange costs nothing. */
function judgeStore(mode: Mode, figures: ByContestant<ContestantFigures>): Target[] {
  const store: ContestantFigures | undefined = figures['vend-shared'];
  if (store === undefined) return [];
  const { timesFloor, rounds } = store;
  const shared = rounds.filter(({ source }) => source === 'shared').length;
  const fast = {
    sentence: `where the fleet holds a token, the first one takes ${timesFloor.toFixed(2)} × as long as the floor, at most ${mostTimesFloorWithStore} × wanted`,
    isMet: timesFloor <= mostTimesFloorWithStore,
  };
  const found = {
    sentence: `${shared} of ${rounds.length} new instances take the token that the fleet holds, all wanted`,
    isMet: shared === rounds.length,
  };
  return mode === 'network' ? [fast, found] : [found];
}

function judgePeers(figures: ByContestant<ContestantFigures>): Target {
  const all = peers.map((name) => ({ name, times: timesAsLong(figures[name].rounds, figures.vend.rounds) }));
  const fastest = all.reduce((best, peer) => (peer.times < best.times ? peer : best));
  return {
    sentence: `the fastest peer (${contestants[fastest.name]}) takes ${fastest.times.toFixed(2)} × as long as this service, more than 1 × wanted`,
    isMet: fastest.times > 1,
  };
}

/** None where the system does not say. */
function judgeMemory({ vend, 'bare-sdk': bareSdk }: ByContestant<ContestantFigures>): Target[] {
  if (vend.rssKb === undefined || bareSdk.rssKb === undefined) return [];
  const times = vend.rssKb / bareSdk.rssKb;
  return [
    {
      sentence: `the resident set is ${times.toFixed(2)} × that of a handler with nothing but the SDK, at most ${mostTimesSdkMemory} × wanted`,
      isMet: times <= mostTimesSdkMemory,
    },
  ];
}

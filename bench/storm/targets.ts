import { percent } from '../percent.ts';
import type { Target } from '../targets.ts';
import type { Storm } from './figures.ts';

const targetInstances = 200;

/** What issue "Fast on a cold start, free on a warm one" asks for, as far as it was measured, and whether it is so. */
export function judge(storms: readonly Storm[]): Target[] {
  const own = storms.filter(({ contestant }) => contestant === 'vend');
  const inside = own.reduce((sum, { exchangesInsideOwnRetryAfter }) => sum + exchangesInsideOwnRetryAfter, 0);
  return [
    ...own.filter(({ instances }) => instances === targetInstances).map(judgeServed),
    { sentence: `${inside} exchanges were sent within a Retry-After, none allowed`, isMet: inside === 0 },
  ];
}

function judgeServed({ instances, servedAtOnceShare }: Storm): Target {
  return {
    sentence: `${percent(servedAtOnceShare)} of ${instances} new instances served by the first answer, 100 % wanted`,
    isMet: servedAtOnceShare === 1,
  };
}

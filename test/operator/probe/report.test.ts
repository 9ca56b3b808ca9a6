import { describe, expect, test } from '@jest/globals';
import {
  failed,
  notRefused,
  type ProbeResult,
  passed,
  skipped,
  type Verdict,
} from '../../../functions/probe/probe-result.ts';
import { describeResults, exitCodeOf, withoutOwnRights } from '../../../operator/probe/report.ts';

const result = (probe: string, verdict: Verdict): ProbeResult => ({ probe, ...verdict, milliseconds: 7 });

test('a line per probe, and a sum', () => {
  const text = describeResults([
    result('health', passed('ok')),
    result('vend prove', failed('504 provider_timeout')),
    result('unsigned vend', notRefused('let through: 200')),
    result('vending function', skipped('why')),
  ]);
  expect(text).toBe(`ok           health                   ok (7 ms)
FAILED       vend prove               504 provider_timeout (7 ms)
NOT REFUSED  unsigned vend            let through: 200 (7 ms)
skipped      vending function         why (7 ms)
1 ok, 1 failed, 1 not refused, 1 skipped
`);
});

test.each([
  ['all passed', [passed('')], 0],
  ['one was skipped', [passed(''), skipped('')], 0],
  ['one failed', [passed(''), failed('')], 1],
  ['one was not refused', [failed(''), notRefused('')], 3],
])('the exit code where %s', (_, verdicts, code) => {
  expect(exitCodeOf(verdicts.map((verdict) => result('any', verdict)))).toBe(code);
});

describe('an operator’s own credentials', () => {
  const outcomes = (results: readonly ProbeResult[]) => withoutOwnRights(results).map(({ outcome }) => outcome);
  const secret = result('secret of prove', notRefused('let through'));
  const unsigned = result('unsigned vend', notRefused('let through: 200'));

  test('that may do more than a caller prove nothing by what they are not refused', () => {
    const foreign = result('foreign provider', notRefused('let through to the function: 404 unknown_provider'));
    expect(outcomes([foreign, secret, unsigned])).toEqual(['skipped', 'skipped', 'not-refused']);
  });

  test('that may do no more than a caller are judged as one', () => {
    const foreign = result('foreign provider', passed('403 unauthorized_client'));
    expect(outcomes([foreign, secret, unsigned])).toEqual(['passed', 'not-refused', 'not-refused']);
  });
});

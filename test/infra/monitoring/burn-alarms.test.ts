import { describe, expect, test } from '@jest/globals';
import { type Notification, type Samples, simulateAlarms } from '../support/alarm-simulation.ts';
import { synthesize } from '../support/synthesize.ts';

const template = synthesize({ tokenStore: 'dynamodb' });

/** So many vends of which so many failed. */
const vends = (total: number, failed: number): Samples[] => [
  { metric: 'VendFailed', value: 0, count: total - failed },
  { metric: 'VendFailed', value: 1, count: failed },
];

/** One vend in five minutes; `fails` says which of them do. */
const rareVends = (fails: (minute: number) => boolean) => (minute: number) =>
  minute % 5 === 0 ? vends(1, fails(minute) ? 1 : 0) : [];

/** 1,000 vends a second, of which a share fails within a time. */
const manyVends =
  (share: number, from = 0, until = Number.POSITIVE_INFINITY) =>
  (minute: number) =>
    vends(60_000, minute >= from && minute < until ? Math.round(60_000 * share) : 0);

const day = 24 * 60;
const startMinute = 8 * 60;

function pages(samplesAt: (minute: number) => Samples[], minutes: number): Notification[] {
  return simulateAlarms(template, samplesAt, minutes).filter(({ alarm }) => alarm.startsWith('page-'));
}

describe('at one vend in five minutes', () => {
  test('a single failed vend pages nobody', () => {
    expect(
      pages(
        rareVends((minute) => minute === startMinute),
        day,
      ),
    ).toEqual([]);
  });

  test('nor does one that was retried once', () => {
    expect(
      pages(
        rareVends((minute) => minute === startMinute || minute === startMinute + 5),
        day,
      ),
    ).toEqual([]);
  });

  test('a total outage pages once within the hour, and is over soon after the first vend that succeeds', () => {
    const end = startMinute + 120;
    const [on, off, ...others] = pages(
      rareVends((minute) => minute >= startMinute && minute < end),
      day,
    );
    expect(others).toEqual([]);
    expect(on).toMatchObject({ alarm: 'page-callers-fail-fast', isOn: true });
    expect((on?.minute ?? 0) - startMinute).toBeLessThanOrEqual(15);
    expect(off).toMatchObject({ alarm: 'page-callers-fail-fast', isOn: false });
    expect((off?.minute ?? 0) - end).toBeLessThanOrEqual(10);
  });

  test('every fifth vend that fails pages within six hours', () => {
    const [on] = pages(
      rareVends((minute) => minute >= startMinute && minute % 25 === 0),
      day,
    );
    expect(on?.isOn).toBe(true);
    expect((on?.minute ?? day) - startMinute).toBeLessThanOrEqual(360);
  });

  test('a service that nobody calls pages nobody', () => {
    expect(pages(() => [], day)).toEqual([]);
  });
});

describe('at 1,000 vends a second', () => {
  test('a total outage pages once within two minutes, and is over ten minutes after it', () => {
    const end = startMinute + 30;
    const told = pages(manyVends(1, startMinute, end), day);
    expect(told.map(({ alarm, isOn }) => [alarm, isOn])).toEqual([
      ['page-callers-fail-fast', true],
      ['page-callers-fail-fast', false],
    ]);
    expect((told[0]?.minute ?? 0) - startMinute).toBeLessThanOrEqual(2);
    expect((told[1]?.minute ?? 0) - end).toBeLessThanOrEqual(10);
  });

  test.each([
    ['2 %', 0.02, 'page-callers-fail-fast', 60],
    ['0.8 %', 0.008, 'page-callers-fail-slowly', 360],
  ])('%s of failures page within %d minutes', (_, share, alarm, within) => {
    const [on] = pages(manyVends(share, startMinute), day);
    expect(on).toMatchObject({ alarm, isOn: true });
    expect((on?.minute ?? day) - startMinute).toBeLessThanOrEqual(within);
  });

  test('what the objective allows pages nobody', () => {
    expect(pages(manyVends(0.001), day)).toEqual([]);
  });
});

describe('the alarm that nothing of a provider works', () => {
  const failures = (of: string, count: number): Samples => ({ metric: 'ProviderVendsFailed', of, value: 1, count });
  const exchange = (of: string, value: 0 | 1): Samples => ({ metric: 'ExchangeFailed', of, value, count: 1 });

  test('goes off for the provider that is down, and for no other', () => {
    const told = pages(
      (minute) => (minute < 60 ? [] : [failures('prove', 1), exchange('prove', 1), exchange('prove-eu', 0)]),
      120,
    );
    expect(told).toEqual([{ alarm: 'page-provider-down-prove', minute: expect.any(Number), isOn: true }]);
    expect(told[0]?.minute).toBeLessThan(65);
  });

  test('goes off where the secret cannot be read, so that nothing is exchanged', () => {
    expect(pages(() => [failures('prove', 1)], 30)).toMatchObject([{ alarm: 'page-provider-down-prove' }]);
  });

  test('stays off while one exchange in fifteen minutes succeeds, and where no vend fails', () => {
    expect(pages((minute) => [failures('prove', 5), exchange('prove', minute % 10 === 0 ? 0 : 1)], 300)).toEqual([]);
    expect(pages(() => [exchange('prove', 1)], 300)).toEqual([]);
  });
});

describe('a ticket', () => {
  const tickets = (samplesAt: (minute: number) => Samples[], minutes: number) =>
    simulateAlarms(template, samplesAt, minutes)
      .filter(({ isOn }) => isOn)
      .map(({ alarm }) => alarm);

  test('tells of exchanges that keep failing while callers are served, not of one that failed', () => {
    const failed: Samples = { metric: 'ExchangeFailed', value: 1, count: 1 };
    expect(tickets(() => [failed], 30)).toEqual(['ticket-exchanges-failing']);
    expect(tickets((minute) => (minute === 60 ? [failed] : []), 180)).toEqual([]);
  });

  test('tells of a table that fails, not of one request that timed out', () => {
    const failed: Samples = { metric: 'TokenStoreFailed', value: 1, count: 1 };
    expect(tickets(() => [failed], 30)).toEqual(['ticket-token-store-failing']);
    expect(tickets((minute) => (minute === 60 ? [failed] : []), 180)).toEqual([]);
  });

  test('about credentials stays until younger ones are read, however long nothing is read', () => {
    const age = (value: number): Samples => ({ metric: 'CredentialAgeDays', value, count: 1 });
    const samplesAt = (minute: number) => (minute === 60 ? [age(91)] : minute === 2000 ? [age(1)] : []);
    const told = simulateAlarms(template, samplesAt, 2100);
    expect(told).toEqual([
      { alarm: 'ticket-credentials-old', minute: 60, isOn: true },
      { alarm: 'ticket-credentials-old', minute: 2000, isOn: false },
    ]);
  });

  test.each(['SecretTouched', 'CanaryRolledBack', 'OwnFaults', 'SecretWithdrawn', 'CredentialsFallback'])(
    'tells of the first %s',
    (metric) => {
      expect(tickets((minute) => (minute === 10 ? [{ metric, value: 1, count: 1 }] : []), 30)).toHaveLength(1);
    },
  );

  test('tells of ten refused callers in five minutes, not of nine', () => {
    const refused = (count: number) =>
      tickets((minute) => (minute === 10 ? [{ metric: 'Throttled', value: 1, count }] : []), 30);
    expect([refused(9), refused(10)]).toEqual([[], ['ticket-throttled']]);
  });
});

test('a provider that is down, or exchanges that fail, neither roll a release back nor block it', () => {
  const [group] = Object.values(template.findResources('AWS::CodeDeploy::DeploymentGroup'));
  const gate: { Name: { Ref: string } }[] = group?.['Properties'].AlarmConfiguration.Alarms;
  const alarms = template.findResources('AWS::CloudWatch::Alarm');
  expect(gate.map(({ Name }) => alarms[Name.Ref]?.['Properties'].MetricName)).toEqual(['Errors', 'OwnFaults']);
});

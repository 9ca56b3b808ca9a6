import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { metricNames } from '../../../functions/shared/runtime/metrics.ts';
import { logMetrics } from '../../../infra/monitoring/log-metrics.ts';
import { savedQueries } from '../../../infra/monitoring/saved-queries.ts';
import { type DrawnMetric, dashboardOf, drawnMetrics } from '../support/dashboard-body.ts';
import { generatedEnvironments } from '../support/generated-environments.ts';
import { synthesize } from '../support/synthesize.ts';

const template = synthesize({
  ...generatedEnvironments['everything'],
  callerLimit: { requestsPerSecond: 1, burst: 1 },
});
const dashboard = dashboardOf(template);
const drawn = dashboard.widgets.flatMap(drawnMetrics);

/** AWS's own metrics that the dashboard may draw. */
const awsMetrics: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway': ['Count', 'Latency'],
  'AWS/Lambda': ['Duration', 'Throttles'],
  'AWS/Logs': ['IncomingBytes'],
};

/** The keys of `metricNames` that the functions use, and so emit. */
function emittedNames(): string[] {
  const root = join(import.meta.dirname, '../../../functions');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('/metrics.ts'))
    .map((name) => readFileSync(join(root, name), 'utf8'));
  const keys = new Set(
    sources.flatMap((source) => [...source.matchAll(/metricNames\.(\w+)\]/g)].map(([, key]) => key)),
  );
  return Object.entries(metricNames).flatMap(([key, name]) => (keys.has(key) ? [name] : []));
}

describe('the dashboard', () => {
  test('draws no metric that nothing emits', () => {
    const known: Readonly<Record<string, readonly string[]>> = {
      ...awsMetrics,
      TokenVending: emittedNames(),
      'TokenVending/test': Object.keys(logMetrics),
    };
    const unknown = drawn.filter(({ namespace, name }) => known[namespace]?.includes(name) !== true);
    expect(drawn.length).toBeGreaterThan(20);
    expect(unknown).toEqual([]);
  });

  test('selects by dimensions that the metrics have', () => {
    const of = (metric: string) =>
      drawn.filter(({ name }) => name === metric).map(({ dimensions }) => dimensions.join());
    expect(of('ExchangeFailed')).toEqual(['function,provider', 'function,provider']);
    expect(of('CredentialAgeDays')).toEqual(['function,secretId']);
    for (const [name, definition] of Object.entries(logMetrics)) {
      const wanted = Object.keys('dimensions' in definition ? definition.dimensions : {}).join();
      expect(of(name).every((dimensions) => dimensions === wanted)).toBe(true);
    }
  });

  test('shows each alarm that somebody is told of once, beside what it is about', () => {
    const shown = dashboard.widgets.flatMap(({ properties }) => properties.alarms ?? []);
    const names = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
      Object.values(template.findResources(type)).map(({ Properties }) => String(Properties.AlarmName)),
    );
    const told = names.filter((name) => !/-\d+[hm]$/.test(name));
    expect(shown.map((arn) => arn.replace(/^.*:alarm:/, '')).sort()).toEqual(told.sort());
  });

  test('is one page of 24 columns, in which nothing overlaps', () => {
    for (const { x, width } of dashboard.widgets) expect(x + width).toBeLessThanOrEqual(24);
    const places = dashboard.widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`),
    );
    expect(new Set(places).size).toBe(places.length);
  });

  test('asks the logs of its own environment', () => {
    const queries = dashboard.widgets.flatMap(({ type, properties }) =>
      type === 'log' ? [properties.query ?? ''] : [],
    );
    expect(queries).toHaveLength(3);
    for (const query of queries) expect(query).toMatch(/^SOURCE '\/token-vending\/test\/(vend|access|events)'/);
  });
});

test('the saved queries are in the console under the environment’s name, each for its log group', () => {
  const saved = Object.values(template.findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => Properties);
  expect(saved.map(({ Name, LogGroupNames }) => [Name, ...LogGroupNames]).sort()).toEqual(
    Object.values(savedQueries)
      .map(({ title, log }) => [`token-vending/test/${title}`, `/token-vending/test/${log}`])
      .sort(),
  );
});

test('a metric that the functions emit has a place on the dashboard or an alarm', () => {
  const alarmed = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  const shown = new Set<unknown>([
    ...drawn.map(({ name }: DrawnMetric) => name),
    ...alarmed.map(({ MetricName }) => MetricName),
    // For whoever wants to see when credentials were rotated; the log has the rest.
    metricNames.rotationSucceeded,
    metricNames.rotationStepFailed,
  ]);
  expect(emittedNames().filter((name) => !shown.has(name) && !name.startsWith('Probe'))).toEqual([]);
});

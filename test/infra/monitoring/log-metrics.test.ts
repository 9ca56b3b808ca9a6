import { describe, expect, test } from '@jest/globals';
import { accessLogFormat } from '../../../infra/api/access-log.ts';
import { type LogMetricName, logMetrics } from '../../../infra/monitoring/log-metrics.ts';
import { buildVendEvent } from '../../support/rest-event.ts';
import { answerJson } from '../../support/scripted-provider.ts';
import { provider, useVending, vending } from '../../support/vending-setup.ts';
import { matchesFilter } from '../support/filter-pattern.ts';
import { synthesize } from '../support/synthesize.ts';

useVending();

type Line = Readonly<Record<string, unknown>>;

interface Counted {
  readonly metric: string;
  readonly value: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/** What CloudWatch would count in these lines of a log. */
function count(log: 'vend' | 'access', lines: readonly Line[], only?: LogMetricName): Counted[] {
  return Object.entries(logMetrics).flatMap(([metric, definition]) => {
    if (definition.log !== log || (only !== undefined && metric !== only)) return [];
    const fields = Object.entries('dimensions' in definition ? definition.dimensions : {});
    return lines.flatMap((line) =>
      definition.patterns
        .filter(({ pattern }) => matchesFilter(pattern, line))
        .map(({ value }) => ({
          metric,
          value,
          dimensions: Object.fromEntries(fields.map(([name, field]) => [name, line[field.slice(2)]])),
        })),
    );
  });
}

const vendLines = (): Line[] => vending.logLines.map((line) => JSON.parse(line));

/** A line of the access log, as API Gateway fills the format in: everything is text. */
function accessLine(
  resource: '$context.resourcePath' | '$context.routeKey',
  status: number,
  path = '/v1/tokens/prove',
): Line {
  const route = path.endsWith('/health') ? '/health' : '/tokens/{provider}';
  const values: Readonly<Record<string, string>> = {
    '$context.status': String(status),
    '$context.path': path,
    '$context.resourcePath': route,
    '$context.routeKey': `ANY ${route}`,
  };
  return JSON.parse(accessLogFormat(resource), (_, value) =>
    typeof value === 'string' ? (values[value] ?? '-') : value,
  );
}

describe.each(['$context.resourcePath', '$context.routeKey'] as const)('the access log with %s', (resource) => {
  test('counts vends and failed vends, of all and by path', () => {
    expect(count('access', [accessLine(resource, 200)])).toEqual([
      { metric: 'VendFailed', value: '0', dimensions: {} },
      { metric: 'Vends', value: '1', dimensions: { path: '/v1/tokens/prove' } },
    ]);
    for (const status of [500, 502, 503, 504]) {
      expect(count('access', [accessLine(resource, status)])).toEqual([
        { metric: 'VendFailed', value: '1', dimensions: {} },
      ]);
    }
  });

  test('counts neither what is the caller’s own fault nor health checks', () => {
    const others = [400, 403, 404, 405].map((status) => accessLine(resource, status));
    expect(count('access', [...others, accessLine(resource, 200, '/v1/health')])).toEqual([]);
    expect(count('access', [accessLine(resource, 429)])).toEqual([{ metric: 'Throttled', value: '1', dimensions: {} }]);
  });
});

describe('the function’s log', () => {
  test('counts nothing of vends that go well', async () => {
    await vending.vend();
    await vending.vend();
    expect(count('vend', vendLines())).toEqual([]);
  });

  test('counts failed vends by provider and error', async () => {
    provider.answerWith(answerJson(403, {}));
    await vending.vend();
    expect(count('vend', vendLines())).toEqual([
      { metric: 'VendErrors', value: '1', dimensions: { provider: 'prove', error: 'provider_error' } },
      { metric: 'ProviderVendsFailed', value: '1', dimensions: { provider: 'prove' } },
    ]);
  });

  test('counts stale answers, also those within the cooldown', async () => {
    await vending.vend();
    provider.answerWith(answerJson(500, {}));
    vending.clock.advanceSeconds(2700);
    await vending.vend();
    await vending.vend();
    const stale = { metric: 'StaleAnswers', value: '1', dimensions: { provider: 'prove' } };
    expect(count('vend', vendLines())).toEqual([stale, stale]);
    expect(
      vendLines()
        .filter(({ source }) => source === 'memory-stale')
        .map(({ level }) => level),
    ).toEqual(['warn', 'warn']);
  });

  test('counts faults of our own, and no other 500', async () => {
    await vending.putSecret('canary-not-json');
    await vending.vend();
    expect(vendLines().at(-1)).toMatchObject({ status: 500, reason: 'secret_not_json' });
    expect(count('vend', vendLines(), 'OwnFaults')).toEqual([]);
    const event = buildVendEvent('prove');
    Object.defineProperty(event, 'body', {
      get: () => {
        throw new TypeError('canary');
      },
    });
    await vending.handle(event);
    expect(count('vend', vendLines(), 'OwnFaults')).toHaveLength(1);
  });

  test('makes no metric of a provider’s name that a caller made up', async () => {
    await vending.handle(buildVendEvent('made-up'));
    expect(count('vend', vendLines())).toEqual([]);
  });
});

test('the filters of a template are these, in a namespace of the environment’s own', () => {
  const filters = Object.values(synthesize().findResources('AWS::Logs::MetricFilter')).map(
    ({ Properties }) => Properties,
  );
  expect(filters.map(({ FilterPattern }) => FilterPattern).sort()).toEqual(
    Object.values(logMetrics)
      .flatMap(({ patterns }) => patterns.map(({ pattern }) => pattern))
      .sort(),
  );
  for (const { MetricTransformations } of filters)
    expect(MetricTransformations[0].MetricNamespace).toBe('TokenVending/test');
});

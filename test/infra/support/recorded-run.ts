import { logMetrics } from '../../../infra/monitoring/log-metrics.ts';
import { buildVendEvent } from '../../support/rest-event.ts';
import { answerJson, answerToken, startScriptedProvider } from '../../support/scripted-provider.ts';
import { startVendingFunction } from '../../support/vending-function.ts';
import { matchesFilter } from './filter-pattern.ts';

type Line = Readonly<Record<string, unknown>>;

/** A value of a metric in one minute of a run. */
export interface Recorded {
  readonly metric: string;
  /** Values of the dimensions apart from the function's name; empty without any. */
  readonly of: string;
  readonly minute: number;
  readonly value: number;
}

/** How long it is played, by a fake clock. */
export const runMinutes = 180;

/**
 * The vending function itself, played for three hours by a fake clock: a vend in 10 s, of one provider that is slow for a while and
 * of one that is down for half an hour, with tokens of 10 minutes. What its log lines and those of the API would make CloudWatch
 * record.
 */
export async function recordRun(): Promise<readonly Recorded[]> {
  const provider = await startScriptedProvider();
  const settings = { dialect: 'prove' } as const;
  const vending = await startVendingFunction(provider.tokenUrl, settings, () => 0.5, { 'prove-eu': settings });
  const recorded: Recorded[] = [];
  const minuteOf = () => Math.floor(elapsedSeconds / 60);
  let elapsedSeconds = 0;
  let asked = 'prove';
  provider.answerWith((response, request, count) => {
    const isDown = asked === 'prove-eu' && minuteOf() >= 80 && minuteOf() < 110;
    const seconds = isDown
      ? 0.4
      : asked === 'prove' && minuteOf() >= 30 && minuteOf() < 60
        ? 6
        : 0.2 + (count % 7) / 50;
    vending.clock.advanceSeconds(seconds);
    (isDown ? answerJson(503, {}) : answerToken({ token_type: 'Bearer', expires_in: 600 }))(response, request, count);
  });
  for (; elapsedSeconds < runMinutes * 60; elapsedSeconds += 10) {
    asked = elapsedSeconds % 30 === 0 ? 'prove-eu' : 'prove';
    const seen = vending.logLines.length;
    const startedAtMs = vending.clock.now();
    const { status } = await vending.handle(buildVendEvent(asked));
    const milliseconds = Math.max(3, vending.clock.now() - startedAtMs);
    const lines = vending.logLines.slice(seen).map((line) => JSON.parse(line) as Line);
    const access = { resource: '/tokens/{provider}', path: `/v1/tokens/${asked}`, status: String(status) };
    const found = [...lines.flatMap(embedded), ...filtered('vend', lines), ...filtered('access', [access])];
    const ofAws = [
      ['Count', 1],
      ['Latency', milliseconds],
      ['Duration', milliseconds],
    ] as const;
    found.push(...ofAws.map(([metric, value]) => ({ metric, of: '', value })));
    recorded.push(...found.map((each) => ({ ...each, minute: minuteOf() })));
    vending.clock.advanceSeconds(10 - Math.min(10, milliseconds / 1000));
  }
  await vending.close();
  await provider.close();
  return recorded;
}

type Found = Omit<Recorded, 'minute'>;

/** Metrics that a line carries itself, by each set of their dimensions. */
function embedded(line: Line): Found[] {
  const { CloudWatchMetrics = [] } = (line['_aws'] ?? {}) as {
    readonly CloudWatchMetrics?: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  return CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => ({
        metric: Name,
        of: names
          .filter((name) => name !== 'function')
          .map((name) => line[name])
          .join(' '),
        value: Number(line[Name]),
      })),
    ),
  );
}

function filtered(log: 'vend' | 'access', lines: readonly Line[]): Found[] {
  return Object.entries(logMetrics).flatMap(([metric, definition]) => {
    if (definition.log !== log) return [];
    const fields = Object.values('dimensions' in definition ? definition.dimensions : {});
    return lines.flatMap((line) =>
      definition.patterns
        .filter(({ pattern }) => matchesFilter(pattern, line))
        .map(({ value }) => ({
          metric,
          of: fields.map((field) => line[field.slice(2)]).join(' '),
          value: Number(value),
        })),
    );
  });
}

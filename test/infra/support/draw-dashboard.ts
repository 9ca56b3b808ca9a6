import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulateAlarms } from './alarm-simulation.ts';
import { type DrawnMetric, dashboardOf, drawnMetrics, type Widget } from './dashboard-body.ts';
import { type Recorded, recordRun, runMinutes } from './recorded-run.ts';
import { synthesize } from './synthesize.ts';

// Draws the dashboard of a template, with what a run of the function recorded, to docs/dashboard.svg (npm run docs:dashboard).

const column = 50;
const row = 30;
const periodMinutes = 5;
const colors = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b'];

const recorded = await recordRun();
const template = synthesize();
const on = alarmsThatWentOff();
const { widgets } = dashboardOf(template);
const height = Math.max(...widgets.map((widget) => widget.y + widget.height)) * row + 30;
const label = `Drawn from the template. Data: the vending function played for ${runMinutes / 60} hours by a fake clock against a local provider; not AWS.`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${24 * column}" height="${height}" font-family="sans-serif" font-size="11">
<title>${escapeXml(label)}</title>
<rect width="100%" height="100%" fill="#f2f3f3"/>
<text x="8" y="18" fill="#687078">${escapeXml(label)}</text>
${widgets.map(drawWidget).join('\n')}
</svg>
`;
writeFileSync(join(import.meta.dirname, '../../../docs/dashboard.svg'), svg);

function alarmsThatWentOff(): ReadonlySet<string> {
  const byMinute = Map.groupBy(recorded, ({ minute }) => minute);
  const samplesAt = (minute: number) =>
    (byMinute.get(minute) ?? []).map(({ metric, of, value }) => ({
      metric,
      value,
      count: 1,
      ...(of !== '' && { of }),
    }));
  return new Set(
    simulateAlarms(template, samplesAt, runMinutes)
      .filter(({ isOn }) => isOn)
      .map(({ alarm }) => alarm),
  );
}

function drawWidget(widget: Widget): string {
  const { x, y, width, properties, type } = widget;
  const [w, h] = [width * column - 6, widget.height * row - 6];
  const title = properties.title ?? properties.markdown?.replace(/^## | \[.*$/g, '') ?? '';
  const frame = type === 'text' ? '' : `<rect width="${w}" height="${h}" rx="4" fill="#fff" stroke="#d5dbdb"/>`;
  const size = type === 'text' ? 'font-size="16" font-weight="700"' : 'font-weight="600"';
  const inside =
    type === 'metric' ? drawSeries(widget, w, h) : type === 'alarm' ? drawAlarms(properties.alarms ?? []) : '';
  const query =
    type === 'log'
      ? (properties.query ?? '')
          .split('\n')
          .slice(1, 7)
          .map((line, index) => text(10, 42 + 18 * index, line.replace(/^\| /, '').slice(0, w / 6), '#687078'))
          .join('')
      : '';
  return `<g transform="translate(${x * column + 3},${y * row + 27})">${frame}<text x="8" y="18" ${size} fill="#16191f">${escapeXml(title)}</text>${inside}${query}</g>`;
}

function drawAlarms(arns: readonly string[]): string {
  return arns
    .map((arn, index) => {
      const name = arn.replace(/^.*:alarm:token-vending-\w+-/, '');
      const color = on.has(name) ? '#d13212' : '#1d8102';
      const note = on.has(name) ? ' (went off)' : '';
      return `<rect x="10" y="${30 + 17 * index}" width="10" height="10" fill="${color}"/>${text(26, 39 + 17 * index, name + note)}`;
    })
    .join('');
}

interface Series {
  readonly name: string;
  /** By period. */
  readonly values: readonly (number | undefined)[];
}

function drawSeries(widget: Widget, w: number, h: number): string {
  const series = drawnMetrics(widget).flatMap(seriesOf);
  if (widget.properties.title?.startsWith('Budget')) return drawBudget();
  const known = series.flatMap(({ values }) => values.filter((value) => value !== undefined));
  if (known.length === 0) return text(10, 42, 'no data', '#687078');
  const largest = Math.max(...known) || 1;
  const [left, top, bottom] = [42, 30, h - 18 - 13 * Math.ceil(series.length / 2)];
  const points = runMinutes / periodMinutes;
  const place = (value: number, index: number) =>
    `${(left + ((w - left - 10) * index) / (points - 1)).toFixed(1)},${(bottom - ((bottom - top) * value) / largest).toFixed(1)}`;
  const lines = series.map(({ values }, index) => {
    const line = values.flatMap((value, at) => (value === undefined ? [] : [place(value, at)])).join(' ');
    return `<polyline points="${line}" fill="none" stroke="${colors[index % colors.length]}" stroke-width="1.5"/>`;
  });
  const axis = `${text(4, top + 6, format(largest), '#687078')}${text(4, bottom, '0', '#687078')}<path d="M${left} ${top}V${bottom}H${w - 10}" fill="none" stroke="#d5dbdb"/>`;
  const legend = series.map(({ name }, index) =>
    text(
      10 + (index % 2) * (w / 2 - 8),
      bottom + 16 + 13 * Math.floor(index / 2),
      `■ ${name}`.slice(0, w / 11),
      colors[index % colors.length],
    ),
  );
  return axis + lines.join('') + legend.join('');
}

function drawBudget(): string {
  const vends = recorded.filter(({ metric }) => metric === 'VendFailed');
  const failed = vends.reduce((sum, { value }) => sum + value, 0);
  // As if nothing else failed in the rest of the month.
  const month = (vends.length * 30 * 24 * 60) / runMinutes;
  const left = 100 * (1 - failed / (0.001 * month));
  return `<text x="12" y="80" font-size="26" fill="${left < 0 ? '#d13212' : '#16191f'}">${format(left)} %</text>${text(12, 104, 'budget left')}`;
}

/** A series for each value of the dimensions that there is. */
function seriesOf({ name, dimensions, statistic }: DrawnMetric): Series[] {
  const isFiner = dimensions.some((dimension) => ['provider', 'path', 'secretId', 'error'].includes(dimension));
  const own = recorded.filter(({ metric, of }) => metric === name && (of !== '') === isFiner);
  return [...Map.groupBy(own, ({ of }) => of)].map(([of, values]) => ({
    name: of === '' ? `${name} ${statistic}` : of,
    values: Array.from({ length: runMinutes / periodMinutes }, (_, index) =>
      statisticOf(
        statistic,
        values.filter(({ minute }) => Math.floor(minute / periodMinutes) === index),
      ),
    ),
  }));
}

function statisticOf(statistic: string, samples: readonly Recorded[]): number | undefined {
  const values = samples.map(({ value }) => value).sort((a, b) => a - b);
  if (statistic === 'SampleCount') return values.length;
  if (statistic === 'Sum') return values.reduce((sum, value) => sum + value, 0);
  if (values.length === 0) return undefined;
  const percentile = /^p(\d+)$/.exec(statistic)?.[1];
  return percentile === undefined ? values.at(-1) : values[Math.ceil((values.length * Number(percentile)) / 100) - 1];
}

function format(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}

function text(x: number, y: number, content: string, fill = '#16191f'): string {
  return `<text x="${x}" y="${y}" fill="${fill}">${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

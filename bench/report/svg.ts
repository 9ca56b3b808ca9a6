export interface Panel {
  readonly height: number;
  /** SVG elements; the panel's upper left corner is their origin. */
  readonly content: string;
}

export interface Bar {
  readonly title: string;
  readonly values: readonly { readonly value: number; readonly color: string }[];
}

export interface Curve {
  readonly title: string;
  readonly color: string;
  /** Of x, any unit, and of y, 0 to 1. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

const left = 300;
const plotWidth = 480;
const barHeight = 13;

/** Horizontal bars, a group for each title, with their values beside them. */
export function drawBars(title: string, bars: readonly Bar[], digits: number): Panel {
  const largest = Math.max(...bars.flatMap(({ values }) => values.map(({ value }) => value)));
  let top = 30;
  const content = bars.map((bar) => {
    const height = bar.values.length * barHeight;
    const label = text(left - 10, top + height / 2 + 4, bar.title, 'end');
    const drawn = bar.values.map(({ value, color }, index) => {
      const y = top + index * barHeight;
      const length = Math.max(1, (value / largest) * plotWidth);
      return `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${barHeight - 1}" fill="${color}"/>${text(left + length + 6, y + 11, value.toFixed(digits))}`;
    });
    top += height + 8;
    return label + drawn.join('');
  });
  return { height: top, content: heading(title) + content.join('') };
}

const curveHeight = 150;

/** Step curves over a common x axis that begins at 0; y is a share. */
export function drawCurves(title: string, curves: readonly Curve[]): Panel {
  const largest = Math.ceil(Math.max(1, ...curves.flatMap(({ points }) => points.map(([x]) => x))));
  const toX = (x: number) => (left + (x / largest) * plotWidth).toFixed(1);
  const toY = (y: number) => (30 + (1 - y) * curveHeight).toFixed(1);
  const ticks = Array.from({ length: largest + 1 }, (_, second) => second).filter(
    (second) => second % Math.ceil(largest / 12) === 0,
  );
  const axes = [
    ...[0, 0.5, 1].map(
      (y) =>
        `<line x1="${left}" x2="${left + plotWidth}" y1="${toY(y)}" y2="${toY(y)}" stroke="#dde3e8"/>${text(left - 10, Number(toY(y)) + 4, `${y * 100} %`, 'end')}`,
    ),
    ...ticks.map((second) => text(Number(toX(second)), 30 + curveHeight + 18, String(second), 'middle')),
  ];
  const lines = curves.map(({ color, points }) => {
    const path = points.map(([x, y]) => `H${toX(x)}V${toY(y)}`).join('');
    return `<path d="M${left} ${toY(0)}${path}" fill="none" stroke="${color}" stroke-width="2"/>`;
  });
  const legend = curves.map(({ title: name, color }, index) => {
    const y = 44 + index * 20;
    return `<rect x="14" y="${y - 10}" width="12" height="12" fill="${color}"/>${text(32, y, name)}`;
  });
  return { height: 30 + curveHeight + 24, content: [heading(title), ...axes, ...lines, ...legend].join('') };
}

function heading(title: string): string {
  return `<text x="14" y="16" font-weight="600" fill="#1f2933">${escapeXml(title)}</text>`;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="#1f2933">${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

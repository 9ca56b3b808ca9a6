export interface Panel {
  readonly height: number;
  /** SVG elements; the panel's upper left corner is their origin. */
  readonly content: string;
}

export interface Bar {
  readonly title: string;
  readonly values: readonly { readonly value: number; readonly color: string }[];
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

function heading(title: string): string {
  return `<text x="14" y="16" font-weight="600" fill="#1f2933">${escapeXml(title)}</text>`;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="#1f2933">${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

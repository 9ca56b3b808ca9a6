import { contestants, isOwn, peers } from '../contestants/contestants.ts';
import { type VariantName, variants } from '../warm-vend/variants.ts';
import { headlineInstances, plotTitle } from './headline.ts';
import type { Published } from './published.ts';
import { type Bar, drawBars, type Panel } from './svg.ts';

const width = 860;
const colors = {
  own: '#0b6e4f',
  ownLight: '#7fc4a9',
  other: '#5b6b7b',
  otherLight: '#b9c4cf',
  floor: '#c9a227',
  floorLight: '#ead9a0',
};

/** Three panels, one below the other, as an SVG document. */
export function plot(published: Published): string {
  const panels = [coldStartPanel(published), stormPanel(published), warmVendPanel(published)];
  let top = 10;
  const parts = panels.map(({ height, content }) => {
    const part = `<g transform="translate(0 ${top})">${content}</g>`;
    top += height + 22;
    return part;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${plotTitle}</title>`,
    `<rect width="${width}" height="${top}" rx="8" fill="#ffffff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function coldStartPanel({ coldStart }: Published): Panel {
  const { loopback, network } = coldStart.figures;
  const bars = (['floor', 'vend', ...peers] as const).map((name): Bar => {
    const color = name === 'vend' ? colors.own : name === 'floor' ? colors.floor : colors.other;
    const light = name === 'vend' ? colors.ownLight : name === 'floor' ? colors.floorLight : colors.otherLight;
    return {
      title: contestants[name],
      values: [
        { value: network[name].tokenMs.median, color },
        { value: loopback[name].tokenMs.median, color: light },
      ],
    };
  });
  const title = `First token of a new instance, ms (dark: TLS and ${coldStart.settings.roundTripMs} ms of network; light: loopback)`;
  return drawBars(title, bars, 0);
}

function stormPanel({ storm }: Published): Panel {
  const storms = storm.figures.storms.filter(
    ({ instances, condition }) => instances === headlineInstances && condition === undefined,
  );
  const bars = storms.map(({ contestant, servedAtOnceShare }): Bar => {
    const color = isOwn(contestant) ? colors.own : colors.other;
    return { title: contestants[contestant], values: [{ value: servedAtOnceShare * 100, color }] };
  });
  return drawBars(`${headlineInstances} new instances at once: callers served by the first answer, %`, bars, 1);
}

/** Dark with the same log line per vend, light without any. */
function warmVendPanel({ warmVend }: Published): Panel {
  const { variants: measured } = warmVend.figures;
  const pairs: readonly (readonly [VariantName, VariantName])[] = [
    ['vend', 'vend-at-warn'],
    ...peers.map((name) => [`${name}-audit`, name] as const),
  ];
  const bars = pairs.map(([withLine, without]): Bar => {
    const isOwn = withLine === 'vend';
    const values = [
      { value: measured[withLine]?.cpuMicros, color: isOwn ? colors.own : colors.other },
      { value: measured[without]?.cpuMicros, color: isOwn ? colors.ownLight : colors.otherLight },
    ];
    const known = values.flatMap(({ value, color }) => (value === undefined ? [] : [{ value, color }]));
    return { title: contestants[variants[without].contestant], values: known };
  });
  return drawBars('A vend from memory, µs of a core (dark: with the same log line; light: without)', bars, 1);
}

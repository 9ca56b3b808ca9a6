import { contestants, peers } from '../contestants/contestants.ts';
import type { Published } from './published.ts';
import { plotTitle } from './summary.ts';
import { type Bar, drawBars, type Panel } from './svg.ts';

const width = 860;
const colors = { own: '#0b6e4f', ownLight: '#7fc4a9', other: '#5b6b7b', otherLight: '#b9c4cf', floor: '#c9a227' };

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
    const light = name === 'vend' ? colors.ownLight : name === 'floor' ? '#ead9a0' : colors.otherLight;
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

function warmVendPanel({ warmVend }: Published): Panel {
  const { variants } = warmVend.figures;
  const quiet: Bar = {
    title: `${contestants.vend}, logLevel: 'warn'`,
    values: [{ value: variants['vend-at-warn'].cpuMicros, color: colors.own }],
  };
  const bars = (['bare-middy', 'bare-middy-log', 'vend', ...peers] as const).map((name): Bar => {
    const color = name === 'vend' ? colors.own : name.startsWith('bare') ? colors.floor : colors.other;
    return { title: contestants[name], values: [{ value: variants[name].cpuMicros, color }] };
  });
  return drawBars('A vend from memory, µs of a core', bars.toSpliced(3, 0, quiet), 1);
}

const plottedInstances = 200;

function stormPanel({ storm }: Published): Panel {
  const storms = storm.figures.storms.filter(({ instances }) => instances === plottedInstances);
  const bars = storms.map(({ contestant, servedAtOnceShare }): Bar => {
    const color = contestant === 'vend' ? colors.own : colors.other;
    return { title: contestants[contestant], values: [{ value: servedAtOnceShare * 100, color }] };
  });
  return drawBars(`Callers of ${plottedInstances} new instances at once whom the first answer serves, %`, bars, 1);
}

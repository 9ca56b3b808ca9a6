import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { replaceBlock } from '../../bench/report/generated-block.ts';
import { pages } from '../../bench/report/index.ts';
import { plot } from '../../bench/report/plot.ts';
import { readPublished } from '../../bench/report/published.ts';
import { summarize } from '../../bench/report/summary.ts';

const root = join(import.meta.dirname, '../..');
const results = join(root, 'bench/results');
const published = await readPublished(results);

test.each(Object.entries(pages))('%s shows the results that are in bench/results', async (page, format) => {
  const text = await readFile(join(root, page), 'utf8');
  expect(replaceBlock(text, format(published))).toBe(text);
});

test('the plot shows them, too', async () => {
  expect(await readFile(join(results, 'benchmarks.svg'), 'utf8')).toBe(plot(published));
});

test('a page without a place for them is an error', () => {
  expect(() => replaceBlock('no place', 'summary')).toThrow('no place for the benchmarks');
});

test('a target that is missed is in the summary, with its figure', () => {
  const { coldStart, ...others } = published;
  const targets = [
    { sentence: 'first token 9.99 × the floor, at most 1.5', isMet: false },
    { sentence: 'something that is met', isMet: true },
  ];
  const changed = { ...others, coldStart: { ...coldStart, figures: { ...coldStart.figures, targets } } };
  const summary = summarize(changed, 'plot.svg');
  expect(summary).toContain('\n- first token 9.99 × the floor, at most 1.5\n');
  expect(summary).not.toContain('something that is met');
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { plot } from '../../bench/report/plot.ts';
import { readPublished } from '../../bench/report/published.ts';
import { replaceBlock } from '../../bench/report/readme-block.ts';
import { summarize } from '../../bench/report/summary.ts';

const root = join(import.meta.dirname, '../..');
const results = join(root, 'bench/results');
const published = await readPublished(results);

describe('the README', () => {
  test('shows the results that are in bench/results, as `npm run bench -- report` puts them there', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    expect(replaceBlock(readme, summarize(published))).toBe(readme);
  });

  test('shows their plot', async () => {
    expect(await readFile(join(results, 'benchmarks.svg'), 'utf8')).toBe(plot(published));
  });

  test('has a place for them', () => {
    expect(() => replaceBlock('no place', 'summary')).toThrow('no place for the benchmarks');
  });
});

test('a target that is missed is in the summary, with its figure', () => {
  const { coldStart, ...others } = published;
  const targets = [
    { sentence: 'first token 9.99 × the floor, at most 1.5', isMet: false },
    { sentence: 'something that is met', isMet: true },
  ];
  const summary = summarize({ ...others, coldStart: { ...coldStart, figures: { ...coldStart.figures, targets } } });
  expect(summary).toContain('\n- first token 9.99 × the floor, at most 1.5\n');
  expect(summary).not.toContain('something that is met');
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatHeadline } from '../../../bench/report/headline.ts';
import { replaceBlock } from '../../../bench/report/index.ts';
import { formatMissed, formatPage } from '../../../bench/report/page.ts';
import { plot } from '../../../bench/report/plot.ts';
import { readPublished } from '../../../bench/report/published.ts';

const root = join(import.meta.dirname, '../../..');
const results = join(root, 'bench/results');
const published = await readPublished(results);

describe('what is published', () => {
  test.each([
    ['README.md', formatHeadline(published)],
    ['docs/benchmarks.md', formatPage(published)],
  ])('in %s is what `npm run bench -- report` makes of bench/results', async (path, block) => {
    const text = await readFile(join(root, path), 'utf8');
    expect(replaceBlock(text, block)).toBe(text);
  });

  test('as a plot shows the same results', async () => {
    expect(await readFile(join(results, 'benchmarks.svg'), 'utf8')).toBe(plot(published));
  });
});

test('a text without a place for the benchmarks is refused', () => {
  expect(() => replaceBlock('no place', 'page')).toThrow('no place for the benchmarks');
});

test('the page names each missed target with its reason, and only counts those that are met', () => {
  const targets = [
    { sentence: 'the first token takes 9.99 × as long as the floor', isMet: false, reason: 'The SDK costs 20 ms.' },
    { sentence: 'something that is met', isMet: true, reason: 'not needed' },
  ];
  const text = formatMissed(targets);
  expect(text).toContain('1 of 2 targets are met.');
  expect(text).toContain('\n- the first token takes 9.99 × as long as the floor. The SDK costs 20 ms.');
  expect(text).not.toContain('something that is met');
});

test('a page of which all targets are met lists none', () => {
  expect(formatMissed([{ sentence: 'something', isMet: true }])).toMatch(/1 of 1 targets are met\.$/);
});

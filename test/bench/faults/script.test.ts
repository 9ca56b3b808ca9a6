import { describe, expect, test } from '@jest/globals';
import { createScriptedHour, scaleTo, totalSeconds } from '../../../bench/faults/script.ts';

describe('the scripted hour', () => {
  test('lasts an hour and begins and ends healthy', () => {
    const phases = createScriptedHour();
    expect(totalSeconds(phases)).toBe(3600);
    expect(phases.at(0)?.title).toBe('healthy');
    expect(phases.at(-1)?.title).toBe('healthy');
  });

  test('has a healthy phase between any two faults', () => {
    const titles = createScriptedHour().map(({ title }) => title);
    const neighbours = titles.filter((title, index) => (title === 'healthy') === (titles[index + 1] === 'healthy'));
    // The last phase has no neighbour.
    expect(neighbours).toEqual([]);
  });

  test('keeps its proportions when shortened', () => {
    const hour = createScriptedHour();
    const short = scaleTo(360, hour);
    expect(totalSeconds(short)).toBeCloseTo(360);
    expect(short.map(({ title }) => title)).toEqual(hour.map(({ title }) => title));
    expect(short[1]?.seconds).toBeCloseTo((hour[1]?.seconds ?? 0) / 10);
  });
});

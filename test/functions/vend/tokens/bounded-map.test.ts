import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BoundedMap } from '../../../../functions/vend/tokens/bounded-map.ts';

test('behaves as a list of the most recently used entries', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const step = fc.tuple(fc.constantFrom('get', 'set', 'delete'), key, fc.integer());
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const map = new BoundedMap<number>(2);
      let model: [string, number][] = [];
      for (const [action, name, value] of steps) {
        const held = model.find(([other]) => other === name);
        const others = model.filter(([other]) => other !== name);
        if (action === 'set') {
          map.set(name, value);
          model = [...others, [name, value] as [string, number]].slice(-2);
        } else if (action === 'delete') {
          map.delete(name);
          model = others;
        } else {
          expect(map.get(name)).toBe(held?.[1]);
          if (held !== undefined) model = [...others, held];
        }
        expect(map.size).toBe(model.length);
      }
    }),
    { seed: 1 },
  );
});

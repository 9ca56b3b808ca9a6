import { describe, expect, test } from '@jest/globals';
import type { EarlyDeps } from '../../../functions/shared/runtime/early-deps.ts';
import type { VendingFunction } from '../../../functions/vend/handler.ts';
import { type CreateFunction, loadWhileConnecting } from '../../../functions/vend/load-while-connecting.ts';

const early = {} as EarlyDeps;
const answer = { statusCode: 200, headers: {}, body: '' };
const created: VendingFunction = { handler: async () => answer, preload: async () => undefined };

const load = (createFunction: CreateFunction) => loadWhileConnecting(early, async () => ({ createFunction }));

describe('a function that loads while connections are opened', () => {
  test('is waited for by whatever awaits its module', async () => {
    const isDone = { handler: false };
    const loading = load(async (given, turn) => {
      expect(given).toBe(early);
      await turn();
      isDone.handler = true;
      return created;
    });
    // As Lambda's runtime does: the module is what an async function returns.
    const module = await (async () => loading)();
    expect(isDone.handler).toBe(true);
    expect(module.handler).toBe(created.handler);
  });

  test('answers an event that comes before it is loaded', async () => {
    const told = Promise.withResolvers<void>();
    const { handler, preload } = load(async () => {
      await told.promise;
      return created;
    });
    const answered = handler({} as never, {} as never);
    const preloaded = preload();
    told.resolve();
    expect(await answered).toBe(answer);
    await preloaded;
  });

  test('lets input and output happen before it loads, and between its steps', async () => {
    const order: string[] = [];
    setImmediate(() => order.push('connects'));
    const loading = load(async (_, turn) => {
      order.push('loads');
      setImmediate(() => order.push('a turn'));
      await turn();
      order.push('goes on');
      return created;
    });
    order.push('module is there');
    await loading;
    expect(order).toEqual(['module is there', 'connects', 'loads', 'a turn', 'goes on']);
  });

  test('fails to start where it fails to load', async () => {
    const loading = load(async () => {
      throw new Error('no such module');
    });
    await expect((async () => loading)()).rejects.toThrow('no such module');
    await expect(loading.handler({} as never, {} as never)).rejects.toThrow('no such module');
  });
});

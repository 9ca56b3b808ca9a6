import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { StoreAccess, StoreUnavailable } from '../../../../../functions/vend/tokens/token-store/store-access.ts';

const hang = () => new Promise<never>(() => undefined);
const answer = async () => 'answer';
const fail = async () => {
  throw Object.assign(new Error('canary'), { name: 'InternalServerError' });
};

describe('access to the token table', () => {
  const limits = { requestMs: 30, firstRequestMs: 40, vendMs: 50 };
  let nowMs: number;
  let failures: string[];
  let access: StoreAccess;
  beforeEach(() => {
    nowMs = 1_000_000;
    failures = [];
    access = new StoreAccess({ now: () => nowMs, onFailure: (errorName) => failures.push(errorName), limits });
  });

  test('costs an instance’s first vend what its first request may, and later ones what a vend may', async () => {
    expect(access.startBudget()).toEqual({ leftMs: 40 });
    await access.ask(access.startBudget(), answer);
    expect(access.startBudget()).toEqual({ leftMs: 50 });
  });

  test('is budgeted per vend as a whole, and asks nothing once that is spent', async () => {
    await access.ask(access.startBudget(), answer);
    const budget = access.startBudget();
    await access.ask(budget, () => setTimeout(10));
    expect(budget.leftMs).toBeLessThan(45);
    let asked = 0;
    const count = async () => {
      asked += 1;
    };
    await expect(access.ask({ leftMs: 0 }, count)).rejects.toThrow(StoreUnavailable);
    expect(asked).toBe(0);
  });

  test('ends with an answer that does not come', async () => {
    await expect(access.ask(access.startBudget(), hang)).rejects.toThrow(StoreUnavailable);
    expect(failures).toEqual(['TimeoutError']);
  });

  test('takes an answer that arrived while the instance was frozen past its limit', async () => {
    const asked = access.ask(access.startBudget(), () => stat('.'));
    // Blocks this thread as a freeze does. The timer is due before anything else can happen.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    expect((await asked).isDirectory()).toBe(true);
    expect(failures).toEqual([]);
  });

  test('is left alone for 10 s after a failure, which is told once however many vends meet it', async () => {
    const vends = Array.from({ length: 20 }, () => access.ask(access.startBudget(), fail));
    for (const vend of vends) await expect(vend).rejects.toThrow(StoreUnavailable);
    expect(failures).toEqual(['InternalServerError']);
    nowMs += 9_999;
    await expect(access.ask(access.startBudget(), answer)).rejects.toThrow(StoreUnavailable);
    expect(access.isAvailable).toBe(false);
    nowMs += 1;
    expect(await access.ask(access.startBudget(), answer)).toBe('answer');
    expect(failures).toHaveLength(1);
  });
});

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../../../../../functions/shared/exchange/access-token.ts';
import { startVendingFleet, type VendingFleet } from '../../../../support/vending-fleet.ts';
import { provider, useProvider } from '../../../../support/vending-setup.ts';

type Store = Pick<DynamoDBClient, 'send'>;

/** The store's client with something in between. It fails from the request with this number on. */
function createFaultyStore(client: Store, fail: (send: () => Promise<unknown>) => Promise<unknown>, from = 1) {
  let asked = 0;
  const send = (command: never) => {
    asked += 1;
    const real = () => client.send(command) as Promise<unknown>;
    return asked >= from ? fail(real) : real();
  };
  return { store: { send } as unknown as Store, asked: () => asked };
}

const refuseAs = (name: string) => async () => {
  throw Object.assign(new Error('canary'), { name });
};
const hang = () => new Promise<never>(() => undefined);

const faults = [
  ['hangs', hang],
  ['throttles', refuseAs('ProvisionedThroughputExceededException')],
  ['fails', refuseAs('InternalServerError')],
  ['is not there', refuseAs('ResourceNotFoundException')],
  ['denies access', refuseAs('AccessDeniedException')],
  ['resets connections', refuseAs('HttpError')],
] as const;

// The limits as deployed, but such that a busy machine is not taken for a slow table.
const limits = { requestMs: 1_000, firstRequestMs: 1_000, vendMs: 1_000 };

describe('an instance whose token store', () => {
  useProvider();
  let fleet: VendingFleet;
  beforeEach(async () => {
    fleet = await startVendingFleet(provider.tokenUrl);
  });
  afterEach(() => fleet.close());

  describe.each(faults)('%s', (_, fault) => {
    test('obtains its own token, leaves the store alone for 10 s, and says so once', async () => {
      const { store, asked } = createFaultyStore(fleet.client, fault);
      const instance = fleet.addInstance(limits, 0, store);
      const first = await instance.vend();
      expect([first.status, first.headers['x-token-source']]).toEqual([200, 'exchange']);
      const report = `rejected_token_sha256=${fingerprintOf('token-1')}`;
      expect((await instance.vend(report)).body.access_token).toBe('token-2');
      expect(asked()).toBe(1);
      fleet.clock.advanceSeconds(10);
      const again = `rejected_token_sha256=${fingerprintOf('token-2')}`;
      expect((await instance.vend(again)).body.access_token).toBe('token-3');
      expect(asked()).toBe(2);
      const lines = instance.logLines.filter((line) => line.includes('token-store-failed'));
      expect(lines).toHaveLength(2);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', TokenStoreFailed: 1 });
      expect(lines.join('')).not.toContain('canary');
    });

    test('answers the token that is due where a refresh meets it', async () => {
      const { store } = createFaultyStore(fleet.client, fault, 7);
      const instance = fleet.addInstance(limits, 0, store);
      expect((await instance.vend()).body.access_token).toBe('token-1');
      fleet.clock.advanceSeconds(3300);
      expect((await instance.vend()).body.access_token).toBe('token-2');
      expect(provider.requests).toHaveLength(2);
    });

    test.each([2, 3, 4, 5, 6])(
      'answers the token where request %i is the first to meet it, and asks once',
      async (from) => {
        const { store } = createFaultyStore(fleet.client, fault, from);
        const instance = fleet.addInstance(limits, 0, store);
        expect((await instance.vend()).body.access_token).toBe('token-1');
        expect(provider.requests).toHaveLength(1);
      },
    );
  });

  test('takes the lease but does not say so finds its own name there', async () => {
    let asked = 0;
    const send = async (command: never) => {
      asked += 1;
      const answer = await fleet.client.send(command);
      if (asked === 2) throw Object.assign(new Error('reset'), { name: 'HttpError' });
      return answer;
    };
    const instance = fleet.addInstance(limits, 0, { send } as unknown as Store);
    expect((await instance.vend()).headers['x-token-source']).toBe('exchange');
    expect(instance.logLines.join('')).not.toContain('token-store-failed');
    expect((await fleet.addInstance().vend()).headers['x-token-source']).toBe('shared');
  });

  test('refuses a signature for its age is asked once more', async () => {
    let asked = 0;
    const send = async (command: never) => {
      asked += 1;
      if (asked === 1) throw Object.assign(new Error('expired'), { name: 'InvalidSignatureException' });
      return fleet.client.send(command);
    };
    await fleet.addInstance().vend();
    const instance = fleet.addInstance(limits, 0, { send } as unknown as Store);
    expect((await instance.vend()).headers['x-token-source']).toBe('shared');
  });
});

import { afterEach, describe, expect, test } from '@jest/globals';
import { secretPlaceholder as deployedPlaceholder } from '../../../infra/secrets/client-secret.ts';
import { secretPlaceholder } from '../../../operator/rotation/stage.ts';
import { type OperatorStack, secretOf, startOperatorStack } from './operator-stack.ts';

let stack: OperatorStack;
afterEach(() => stack.close());

describe.each([
  ['through the rotation function', []],
  ['--in-process', ['--in-process']],
])('the first version of a secret, %s', (_case, options) => {
  const placeholder = JSON.parse(secretPlaceholder).client_secret;

  test('goes live once the provider has accepted it', async () => {
    stack = await startOperatorStack(null);
    stack.accept('first');
    const { code, output } = await stack.run(options, secretOf('first'));
    expect(output).toMatch(/testSecret: done\n {2}finishSecret: done\nVersion \S+ is live\./);
    expect(output).not.toContain('undefined');
    expect([code, stack.labels()]).toEqual([0, { AWSCURRENT: 'first', AWSPENDING: 'first', AWSPREVIOUS: placeholder }]);
  });

  test('does not go live if the provider refuses it', async () => {
    stack = await startOperatorStack(null);
    stack.accept();
    const { code, output } = await stack.run(options, secretOf('wrong'));
    expect([code, output]).toEqual([1, expect.stringContaining('The provider refuses the new credentials.')]);
    expect(stack.labels()).toEqual({ AWSCURRENT: placeholder, AWSPENDING: 'wrong' });
  });
});

test('a secret with the placeholder of a deployment is filled in the same way', async () => {
  stack = await startOperatorStack(deployedPlaceholder);
  expect(secretPlaceholder).toBe(deployedPlaceholder);
  stack.accept('first');
  expect(await stack.run([], secretOf('first'))).toMatchObject({ code: 0 });
  expect(stack.labels()).toMatchObject({ AWSCURRENT: 'first' });
});

test('a first version that was put by hand is replaced like any other', async () => {
  stack = await startOperatorStack(secretOf('by hand'));
  stack.accept('new');
  expect(await stack.run([], secretOf('new'))).toMatchObject({ code: 0 });
  expect(stack.labels()).toEqual({ AWSCURRENT: 'new', AWSPENDING: 'new', AWSPREVIOUS: 'by hand' });
});

describe('two operators', () => {
  test('the second stages during the last test of the first version: only the second goes live, and both are told', async () => {
    stack = await startOperatorStack();
    stack.accept('first', 'second');
    const second = Promise.withResolvers<ReturnType<OperatorStack['run']>>();
    let isSecondStarted = false;
    stack.beforeStep('finishSecret', async () => {
      if (isSecondStarted) return;
      isSecondStarted = true;
      const { staged, ended } = stack.start([], secretOf('second'));
      second.resolve(ended);
      await staged;
    });
    const first = await stack.run([], secretOf('first'));
    expect(first.code).toBe(1);
    expect(first.output).toMatch(
      /finishSecret: failed\nVersion (\S+) is not live\. Version \1 is not AWSPENDING; version \S+ is\./,
    );
    const ran = await second.promise;
    expect([ran.code, ran.output]).toEqual([0, expect.stringContaining('which was staged but never went live')]);
    expect(stack.labels()).toEqual({ AWSCURRENT: 'second', AWSPENDING: 'second', AWSPREVIOUS: 'old' });
  });

  test('the second replaces the first version once that is live: the first is told', async () => {
    stack = await startOperatorStack();
    stack.accept('first', 'second');
    stack.afterStep('finishSecret', () => stack.put('second', ['AWSCURRENT']));
    const { code, output } = await stack.run([], secretOf('first'));
    expect(output).toMatch(/Version \S+ went live, but another operator has made version \S+ live since\.\n$/);
    expect([code, stack.labels()]).toEqual([0, { AWSCURRENT: 'second', AWSPENDING: 'first', AWSPREVIOUS: 'first' }]);
  });

  test('the second stages and does not rotate: the first is told', async () => {
    stack = await startOperatorStack();
    stack.accept('first');
    stack.beforeStep('createSecret', () => stack.put('second', ['AWSPENDING']));
    const { code, output } = await stack.run([], secretOf('first'));
    expect(code).toBe(1);
    expect(output).toMatch(/Version (\S+) is not live\. Version \1 is not AWSPENDING; version \S+ is\./);
    expect(stack.labels()).toEqual({ AWSCURRENT: 'old', AWSPENDING: 'second' });
  });
});

test('on Ctrl-C it says what happens to the staged version', async () => {
  stack = await startOperatorStack();
  stack.accept('new');
  const blocked = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  stack.beforeStep('createSecret', async () => {
    started.resolve();
    await blocked.promise;
  });
  const { child, ended } = stack.start([], secretOf('new'));
  await started.promise;
  child.kill('SIGINT');
  expect(await ended).toEqual({
    code: 1,
    output: expect.stringMatching(
      /Interrupted\.\nVersion \S+ stays AWSPENDING: .* The rotation goes on without this command\./,
    ),
  });
  blocked.resolve();
});

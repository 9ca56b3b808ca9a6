import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FunctionError } from '../../../local/lambda/runtime-api.ts';
import { type OperatorStack, startOperatorStack } from './operator-stack.ts';

let stack: OperatorStack;
beforeEach(async () => {
  stack = await startOperatorStack();
  stack.accept('old', 'new');
  stack.put('new', ['AWSCURRENT', 'AWSPENDING']);
});
afterEach(() => stack.close());

const complete = { AWSCURRENT: 'new', AWSPENDING: 'new', AWSPREVIOUS: 'old' };
const waiting = { AWSCURRENT: 'new', AWSPENDING: 'waiting', AWSPREVIOUS: 'old' };

/** As after a failed rotation: the portal showed this secret only once, and it has no other label. */
function stageWaiting(): void {
  stack.put('waiting', ['AWSPENDING']);
}

test('makes the version before the live one live again', async () => {
  const { code, output } = await stack.run(['--rollback']);
  expect(output).toMatch(
    /^Testing version \S+ \(AWSPREVIOUS\)\nStarted the rotation\n(?: {2}\w+: done\n)+Version \S+ is live again\. The one that it replaces, \S+, is now AWSPREVIOUS\.\n$/,
  );
  expect([code, stack.labels()]).toEqual([0, { AWSCURRENT: 'old', AWSPENDING: 'old', AWSPREVIOUS: 'new' }]);
});

test('keeps a staged version that has not gone live staged', async () => {
  stageWaiting();
  const { code, output } = await stack.run(['--rollback']);
  expect(output).toMatch(/is live again.*\nVersion \S+ is staged \(AWSPENDING\), as before\.\n$/);
  expect([code, stack.labels()]).toEqual([0, { AWSCURRENT: 'old', AWSPENDING: 'waiting', AWSPREVIOUS: 'new' }]);
});

describe.each([
  ['through the rotation function', [], 'The provider refuses the credentials of AWSPREVIOUS.'],
  ['--in-process', ['--in-process'], 'The provider refuses the credentials of AWSPREVIOUS.'],
])('a version that does not work is detected before any label moves: %s', (_case, options, message) => {
  test.each([
    ['with a version waiting', stageWaiting, waiting],
    ['with none waiting', () => {}, complete],
  ])('%s', async (_case, prepare, labels) => {
    prepare();
    stack.accept('new');
    const changedAt = stack.changedAt();
    const { code, output } = await stack.run(['--rollback', ...options]);
    expect([code, output]).toEqual([1, expect.stringContaining(message)]);
    expect([stack.labels(), stack.changedAt()]).toEqual([labels, changedAt]);
  });
});

test('a rotation function that is older than the command leaves the test to the command', async () => {
  stack.beforeStep('testPrevious', () => {
    throw new FunctionError('The step must be one of createSecret, …', 'RotationError');
  });
  const { code, output } = await stack.run(['--rollback']);
  expect(output).toMatch(/^Testing version \S+ \(AWSPREVIOUS\)\n {2}accepted by prove .*\nStarted the rotation\n/);
  expect([code, stack.labels()]).toMatchObject([0, { AWSCURRENT: 'old' }]);
});

test('if nobody can test the version, no label moves', async () => {
  stack.beforeStep('testPrevious', () => {
    throw new FunctionError('Task timed out', 'Sandbox.Timedout');
  });
  stack.refuse('GetSecretValue');
  const { code, output } = await stack.run(['--rollback']);
  expect([code, output]).toEqual([
    1,
    expect.stringContaining(
      'the rotation function was asked and failed (Sandbox.Timedout), and the secret cannot be read from here (AccessDeniedException). Nothing has changed.',
    ),
  ]);
  expect(stack.labels()).toEqual(complete);
});

describe('labels are put back', () => {
  test.each([
    ['with a version waiting', stageWaiting, waiting],
    ['with none waiting', () => {}, complete],
  ])('when a step fails although the test passed: %s', async (_case, prepare, labels) => {
    prepare();
    stack.beforeStep('testSecret', () => stack.accept('new'));
    const { code, output } = await stack.run(['--rollback']);
    expect(output).toMatch(
      /The provider refuses the new credentials\. .*\nThe labels now:\n {2}AWSCURRENT: \S+\n {2}AWSPENDING: \S+\n {2}AWSPREVIOUS: \S+\n$/,
    );
    expect([code, stack.labels()]).toEqual([1, labels]);
  });

  test('when the rotation does not finish in time', async () => {
    stageWaiting();
    const blocked = Promise.withResolvers<void>();
    stack.beforeStep('testSecret', () => blocked.promise);
    const { code, output } = await stack.run(['--rollback', '--timeout', '1']);
    blocked.resolve();
    expect([code, output]).toEqual([1, expect.stringContaining('It has not finished in time.')]);
    expect(stack.labels()).toEqual(waiting);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'on %s, and the rotation then promotes nothing',
    async (signal) => {
      stageWaiting();
      const blocked = Promise.withResolvers<void>();
      const started = Promise.withResolvers<void>();
      stack.beforeStep('testSecret', async () => {
        started.resolve();
        await blocked.promise;
      });
      const { child, ended } = stack.start(['--rollback']);
      await started.promise;
      // Under npm it comes more than once.
      child.kill(signal);
      child.kill(signal);
      const { code, output } = await ended;
      expect([code, output]).toEqual([1, expect.stringContaining('Interrupted.\nThe labels now:')]);
      expect(stack.labels()).toEqual(waiting);
      blocked.resolve();
      await stack.idle();
      expect(stack.labels()).toEqual(waiting);
    },
  );

  test('unless another operator has moved AWSPENDING', async () => {
    stageWaiting();
    stack.beforeStep('testSecret', () => stack.put('theirs', ['AWSPENDING']));
    const { code, output } = await stack.run(['--rollback']);
    expect([code, output]).toEqual([1, expect.stringContaining('AWSPENDING')]);
    expect(stack.labels()).toEqual({ ...complete, AWSPENDING: 'theirs' });
  });
});

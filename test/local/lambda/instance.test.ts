import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type FunctionSettings, type Instance, startInstance } from '../../../local/lambda/instance.ts';
import { FunctionError } from '../../../local/lambda/runtime-api.ts';
import { createFunctionFolder, type FunctionFolder, isRunning } from './function-folder.ts';

let folder: FunctionFolder;
beforeAll(async () => {
  folder = await createFunctionFolder();
});
afterAll(() => folder.remove());

const started: Instance[] = [];
afterEach(() => Promise.all(started.splice(0).map((instance) => instance.close())));

async function start(code: string, changes?: Partial<FunctionSettings>): Promise<Instance> {
  const instance = await startInstance(await folder.write(code, changes));
  started.push(instance);
  return instance;
}

test('the function is loaded once and keeps its memory', async () => {
  const instance = await start('let count = 0; exports.handler = async (event) => ({ event, count: (count += 1) })');
  expect(await instance.invoke({ a: 'ä€😀' })).toEqual({ event: { a: 'ä€😀' }, count: 1 });
  expect(await instance.invoke(null)).toEqual({ event: null, count: 2 });
});

test('the function gets the context of its invocation', async () => {
  const code = `exports.handler = async (event, { getRemainingTimeInMillis, ...context }) =>
    ({ ...context, remaining: getRemainingTimeInMillis() })`;
  const instance = await start(code, { timeoutMs: 15_000 });
  const context = (await instance.invoke({})) as { awsRequestId: string; remaining: number };
  expect(context).toEqual({
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    functionName: 'tested',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:tested',
    remaining: expect.any(Number),
  });
  expect(context.remaining).toBeLessThanOrEqual(15_000);
  expect(context.remaining).toBeGreaterThan(0);
  expect(await instance.invoke({})).not.toMatchObject({ awsRequestId: context.awsRequestId });
});

test('the function sees its own environment and nothing from this process’s', async () => {
  process.env['CANARY_OF_THE_PARENT'] = 'canary';
  const instance = await start('exports.handler = async () => Object.keys(process.env).sort()');
  expect(await instance.invoke({})).toEqual(
    [
      ...['AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_RUNTIME_API', 'AWS_REGION', 'LAMBDA_TASK_ROOT', 'MINE', '_HANDLER'],
    ].sort(),
  );
});

test('a function that throws fails that invocation only', async () => {
  const instance = await start(
    'exports.handler = async (event) => { if (event.bad) throw new TypeError("no"); return 1 }',
  );
  await expect(instance.invoke({ bad: true })).rejects.toThrow(new FunctionError('TypeError: no'));
  expect(instance.isUsable).toBe(true);
  expect(await instance.invoke({})).toBe(1);
});

test.each([
  ['throws what is not an error', 'throw 5', 'Error: 5'],
  ['answers what is not JSON', 'return 5n', 'TypeError: '],
  ['answers over 6 MiB', 'return "x".repeat(6 * 1024 * 1024)', 'Function.ResponseSizeTooLarge: '],
])('a function that %s fails that invocation only', async (_case, statement, message) => {
  const instance = await start(`exports.handler = async (event) => { if (event === 1) return 1; ${statement} }`);
  await expect(instance.invoke(0)).rejects.toThrow(message);
  expect(await instance.invoke(1)).toBe(1);
});

test('a function that returns nothing answers null', async () => {
  expect(await (await start('exports.handler = async () => {}')).invoke({})).toBeNull();
});

test.each([
  ['throws while it is loaded', 'throw new RangeError("bad settings")', 'RangeError: bad settings'],
  ['has no handler', 'exports.other = 1', 'index.handler is not a function'],
  ['is not JavaScript', 'const const', 'SyntaxError'],
])('a function that %s makes its instance unusable', async (_case, code, message) => {
  const instance = await start(code);
  await expect(instance.invoke({})).rejects.toThrow(message);
  expect(instance.isUsable).toBe(false);
  await instance.ended;
  expect(isRunning(instance.pid)).toBe(false);
  await expect(instance.invoke({})).rejects.toThrow(FunctionError);
});

test.each([
  ['exits', 'process.exit(3)'],
  ['is killed', 'process.kill(process.pid, "SIGKILL"); return new Promise(() => setInterval(() => {}, 1000))'],
  ['leaves an error unhandled', 'setImmediate(() => { throw new Error("later") }); return new Promise(() => {})'],
])('a process that %s fails its invocation', async (_case, statement) => {
  const instance = await start(`exports.handler = async () => { ${statement} }`);
  await expect(instance.invoke({})).rejects.toThrow('the process of the instance has ended');
  expect(instance.isUsable).toBe(false);
});

test('a function that runs out of time is killed', async () => {
  const instance = await start('exports.handler = async () => { for (;;); }', { timeoutMs: 300 });
  await expect(instance.invoke({})).rejects.toThrow(new FunctionError('timed out'));
  expect(instance.isUsable).toBe(false);
  await instance.ended;
  expect(isRunning(instance.pid)).toBe(false);
});

test('closing ends the process and its invocation', async () => {
  const instance = await start('exports.handler = () => new Promise(() => setInterval(() => {}, 1000))');
  const invocation = expect(instance.invoke({})).rejects.toThrow(FunctionError);
  await instance.close();
  await invocation;
  expect(isRunning(instance.pid)).toBe(false);
  await instance.close();
});

test('each line that the function writes is passed on', async () => {
  const instance = await start('exports.handler = async () => { console.log("out\\nput"); console.error("err") }');
  await instance.invoke({});
  await instance.close();
  expect(folder.lines).toEqual(expect.arrayContaining(['out', 'put', 'err']));
});

test('an instance is ready when its function is loaded, before the first invocation', async () => {
  const instance = await start('exports.handler = async () => 1');
  await instance.ready;
  expect(await instance.invoke({})).toBe(1);
});

import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stop as stopBundler } from 'esbuild';
import { ConfigError } from '../functions/shared/settings/config.ts';
import { parseStartOptions, type StartOptions, UsageError, usage } from './options.ts';
import { describeAnswered, describeStack, FunctionLog } from './output.ts';
import { startBuiltInProviders } from './providers/built-in-providers.ts';
import { type LocalProviders, parseProvidersFile } from './providers/providers.ts';
import { type Stack, startStack } from './stack.ts';
import { assertNoOtherStack, removeStackFile, writeStackFile } from './stack-file.ts';

async function start(options: StartOptions): Promise<void> {
  const { port, api, maxInstances, requestsPerSecond, callerLimit, hasWebAcl, tokenStore, directory } = options;
  const files = {
    stack: join(directory, 'stack.json'),
    log: join(directory, 'vend.log'),
    rotationLog: join(directory, 'rotate.log'),
  };
  await mkdir(directory, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--dir: ${directory} cannot be used (${error.code})`);
  });
  await assertNoOtherStack(files.stack, port);
  const [log, rotationLog] = [new FunctionLog(files.log), new FunctionLog(files.rotationLog)];
  const stack = await startStack({
    port,
    api,
    maxInstances,
    requestsPerSecond,
    callerLimit: callerLimit === undefined ? undefined : { requestsPerSecond: callerLimit, burst: 2 * callerLimit },
    hasWebAcl,
    providers: await readProviders(options.providersFile),
    directory: resolve(directory),
    secretsManagerUrl: process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] || undefined,
    tokenStore,
    dynamoDbUrl: process.env['AWS_ENDPOINT_URL_DYNAMODB'] || undefined,
    onWarning: (warning) => process.stderr.write(`${warning}\n`),
    onAnswered: (answered) => process.stdout.write(describeAnswered(answered)),
    onFunctionLine: (line) => log.write(line),
    onRotationLine: (line) => rotationLog.write(line),
  });
  stopOnSignal(stack, files.stack);
  // The bundler's process is no longer needed.
  await stopBundler();
  await writeStackFile(files.stack, stack.description);
  process.stdout.write(describeStack(stack.description, files));
}

/** Ctrl-C arrives more than once under npm: from the terminal, and from each process above this one. */
function stopOnSignal(stack: Stack, stackFile: string): void {
  let isStopping = false;
  async function stop(): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    await Promise.all([removeStackFile(stackFile, process.pid), stack.close()]);
    process.exit(0);
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // The reader of our output has gone away, as in `npm start | head`.
  process.stdout.on('error', stop);
}

async function readProviders(file: string | undefined): Promise<LocalProviders> {
  if (file === undefined) return startBuiltInProviders();
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--providers: ${file} cannot be read (${error.code})`);
  });
  return parseProvidersFile(text);
}

function explain(error: unknown, port: number | undefined): string {
  if (error instanceof UsageError || error instanceof ConfigError) return error.message;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'listen') {
    const reason = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${code})`;
    return `Port ${port} ${reason}. Choose another with: npm start -- --port N (0: any free one)`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

let options: StartOptions | undefined;
try {
  options = parseStartOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(usage);
  else await start(options);
} catch (error) {
  process.stderr.write(`${explain(error, options?.port)}\n`);
  process.exit(1);
}

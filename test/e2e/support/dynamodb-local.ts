import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { TableServer } from '../../../local/token-table/table-server.ts';
import { findFreePort } from './free-port.ts';
import { runCommand } from './run-command.ts';

const sources = join(import.meta.dirname, '../dynamodb-local');

/**
 * Starts Amazon's DynamoDB Local, which Maven installs into the folder and keeps there.
 *
 * @throws Error that says what to install if Java or Maven is missing
 */
export async function startDynamoDbLocal(directory: string): Promise<TableServer> {
  const libraries = await install(directory);
  const port = await findFreePort();
  const properties = [`-Dsqlite4java.library.path=${libraries}`];
  const source = join(sources, 'LoopbackDynamoDb.java');
  const child = spawn('java', ['-cp', join(libraries, '*'), ...properties, source, String(port)], { stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit');
  const server: TableServer = {
    url: `http://127.0.0.1:${port}`,
    async close() {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
  await waitUntilListening(server, () => child.exitCode !== null);
  return server;
}

/** @returns the folder with DynamoDB Local and what it depends on */
async function install(directory: string): Promise<string> {
  await runCommand('javac', ['--release', '17', '--version']).catch(failWithout('a JDK, 17 or newer'));
  await runCommand('mvn', ['--version']).catch(failWithout('Maven'));
  const libraries = join(directory, 'lib');
  await mkdir(directory, { recursive: true });
  await copyFile(join(sources, 'pom.xml'), join(directory, 'pom.xml'));
  // Leaves alone what is there already.
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${libraries}`];
  await runCommand('mvn', ['--batch-mode', '--quiet', ...goal], { cwd: directory });
  return libraries;
}

function failWithout(tool: string): (cause: Error) => never {
  return (cause) => {
    throw new Error(`npm run test:e2e needs ${tool} for Amazon's DynamoDB Local.`, { cause });
  };
}

async function waitUntilListening({ url, close }: TableServer, hasEnded: () => boolean): Promise<void> {
  const giveUpAtMs = Date.now() + 60_000;
  // It answers 400 to what is no request of DynamoDB's.
  while ((await fetch(url).catch(() => undefined)) === undefined) {
    if (hasEnded() || Date.now() > giveUpAtMs) {
      await close();
      throw new Error('DynamoDB Local did not start.');
    }
    await wait(200);
  }
}

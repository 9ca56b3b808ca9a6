import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const readme = await readFile(join(root, 'README.md'), 'utf8');
const commands = [...readme.matchAll(/```sh\n(.*?)```/gs)].map((match) => match[1] ?? '');

/** Starts what `npm start` starts, in a folder of its own, and waits until it is ready. */
async function startLocalStack(args: readonly string[]): Promise<{ directory: string; stop: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'token-vending-readme-'));
  const child = spawn(process.execPath, [join(root, 'local/start.ts'), ...args], { cwd: directory });
  child.stderr.pipe(process.stderr);
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => String(chunk).includes('Get a token') && resolve());
  });
  return {
    directory,
    async stop() {
      child.kill('SIGINT');
      await once(child, 'exit');
      await rm(directory, { recursive: true });
    },
  };
}

describe('the README', () => {
  test('shows the two commands, the curl, and nothing that is not run here or in CI', () => {
    expect(commands.map((command) => command.trim().split('\n')[0])).toEqual([
      'npm ci && npm start',
      'curl -sS -X POST http://127.0.0.1:8787/v1/tokens/prove \\',
      'npm ci && npm test',
      'npm start -- --port 0 --max-instances 1',
    ]);
  });

  test('has a curl that gets a token', async () => {
    const { directory, stop } = await startLocalStack(['--port', '0', '--max-instances', '1']);
    try {
      const { endpoint } = JSON.parse(await readFile(join(directory, '.local/stack.json'), 'utf8')) as {
        endpoint: string;
      };
      const curl = (commands[1] ?? '').replace('http://127.0.0.1:8787', endpoint);
      const { stdout } = await promisify(execFile)('sh', ['-c', curl], { cwd: directory });
      expect(JSON.parse(stdout)).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: expect.any(Number),
      });
    } finally {
      await stop();
    }
  });

  test('calls the test command that CI calls', async () => {
    expect(await readFile(join(root, '.ci/run'), 'utf8')).toContain('\nnpm ci && npm test\n');
  });
});

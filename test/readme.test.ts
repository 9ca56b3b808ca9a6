import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const pages = ['README.md', 'docs/local-stack.md', 'docs/runbook.md'];
const texts = await Promise.all(pages.map((page) => readFile(join(root, page), 'utf8')));
const commands = texts.flatMap((text) => [...text.matchAll(/```sh\n(.*?)```/gs)].map((match) => match[1] ?? ''));

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

const rehearsal =
  'curl -sS -X POST "$(node -p "new URL(\'/admin/credentials\', require(\'./.local/stack.json\').providers.prove.tokenUrl).href")" |';

describe('the pages', () => {
  test('show the two commands, the curl, and nothing that is not run here or in CI', () => {
    expect(commands.map((command) => command.trim().split('\n')[0])).toEqual([
      'npm ci && npm start',
      'curl -sS -X POST http://127.0.0.1:8787/v1/tokens/prove \\',
      'npm ci && npm test',
      'npm start -- --port 0 --max-instances 1',
      rehearsal,
      `echo '{"client_id": "local-prove-client", "client_secret": "a-typing-error"}' |`,
    ]);
  });

  test('have a curl that gets a token', async () => {
    const { directory, stop } = await startLocalStack(['--port', '0', '--max-instances', '1']);
    try {
      const { origin } = JSON.parse(await readFile(join(directory, '.local/stack.json'), 'utf8')) as { origin: string };
      const curl = (commands[1] ?? '').replace('http://127.0.0.1:8787', origin);
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

  test('have a rotation that a newcomer can rehearse, and one that is refused', async () => {
    const { directory, stop } = await startLocalStack(['--port', '0', '--max-instances', '1']);
    const run = async (first: string) => {
      const command = commands.find((candidate) => candidate.startsWith(first)) ?? '';
      // Not by npm, which would go to the project's folder, where a stack of somebody's own may run.
      const here = command.replace('npm run --silent rotate --', `"${process.execPath}" "${root}/operator/rotate.ts"`);
      return promisify(execFile)('sh', ['-c', here], { cwd: directory });
    };
    try {
      const { stdout } = await run(rehearsal);
      const shown = /```\n(Staged .*?)```/s.exec(texts.join())?.[1] ?? '';
      const anyIds = (text: string) => text.replace(/\b[0-9a-f]{4}[0-9a-f-]*(…|\b)/g, '…');
      expect(anyIds(stdout)).toBe(anyIds(shown));
      await expect(run("echo '{")).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringContaining('testSecret: failed'),
        stderr: expect.stringContaining('The provider refuses the new credentials. AWSCURRENT has not changed.'),
      });
    } finally {
      await stop();
    }
  });

  test('call the test command that CI calls', async () => {
    expect(await readFile(join(root, '.ci/run'), 'utf8')).toContain('\nnpm ci && npm test\n');
  });
});

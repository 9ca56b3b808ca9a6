import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LoopbackServer } from '../../local/loopback-server.ts';
import { type ProveServer, startProveServer } from '../../local/providers/prove-server.ts';
import { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';
import type { StackDescription } from '../../local/stack.ts';
import { createStartFolder, type StartFolder } from '../local/start-process.ts';

// The command as an operator runs it, against a Secrets Manager that has no rotation function, as an emulator's.
// With one: test/readme.test.ts.

const tool = join(import.meta.dirname, '../../operator/rotate.ts');
const SecretId = 'token-vending/local/prove';

let folder: StartFolder;
let store: SecretStore;
let secretsManager: LoopbackServer;
let prove: ProveServer;
beforeEach(async () => {
  folder = await createStartFolder();
  store = new SecretStore(Date.now);
  secretsManager = await startSecretsManager(store);
  prove = await startProveServer({ clientId: 'me', clientSecret: 'canary-new' });
  store.CreateSecret({ Name: SecretId, SecretString: secretOf('old') });
  const providers = { prove: { tokenUrl: prove.tokenUrl, secretId: SecretId, dialect: 'prove' } };
  const stack: Partial<StackDescription> = { secretsManager: secretsManager.url, region: 'us-east-1' };
  await mkdir(join(folder.path, '.local'));
  await writeFile(join(folder.path, '.local/stack.json'), JSON.stringify({ ...stack, providers }));
});
afterEach(async () => {
  await Promise.all([secretsManager.close(), prove.close()]);
  await folder.close();
});

const secretOf = (name: string): string => JSON.stringify({ client_id: 'me', client_secret: `canary-${name}` });

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

async function run(args: readonly string[], stdin = ''): Promise<Ran> {
  const child = spawn(process.execPath, [tool, ...args], { cwd: folder.path });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  child.stdin.end(stdin);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  expect(output).not.toContain('canary');
  return { code, output };
}

const local = ['--env', 'local', '--provider', 'prove'];

function current(): string {
  return (store.GetSecretValue({ SecretId }) as { SecretString: string }).SecretString;
}

function labels(): string[] {
  const { VersionIdsToStages } = store.DescribeSecret({ SecretId }) as { VersionIdsToStages: object };
  return Object.values(VersionIdsToStages).flat().sort();
}

test('--in-process runs the four steps here, and --rollback makes the old version live again once it works', async () => {
  const rotated = await run([...local, '--in-process'], secretOf('new'));
  expect(rotated.output).toMatch(
    /^Staged version \S+ \(AWSPENDING\)\n {2}createSecret: done\n {2}setSecret: done\n {2}testSecret: done\n {2}finishSecret: done\nVersion \S+ is live\. \S+ is AWSPREVIOUS; --rollback puts it back\.\n$/,
  );
  expect([rotated.code, current()]).toEqual([0, secretOf('new')]);
  const refused = await run([...local, '--rollback', '--in-process']);
  expect([refused.code, current()]).toEqual([1, secretOf('new')]);
  expect(refused.output).toContain('The provider refuses');
  prove.setCredentials({ clientId: 'me', clientSecret: 'canary-old' });
  const rolledBack = await run([...local, '--rollback', '--in-process']);
  expect([rolledBack.code, current(), labels()]).toEqual([0, secretOf('old'), ['AWSCURRENT', 'AWSPREVIOUS']]);
  expect(rolledBack.output).toContain('is live again');
});

test('--rollback rotates to AWSPREVIOUS, and changes nothing if that does not work', async () => {
  const { untilOutput } = folder.start(['--port', '0']);
  await untilOutput(/Get a token/);
  const { providers } = JSON.parse(await readFile(join(folder.path, '.local/stack.json'), 'utf8')) as StackDescription;
  const portal = new URL('/admin/credentials', providers['prove']?.tokenUrl);
  const renew = async (body: string) => (await fetch(portal, { method: 'POST', body })).text();
  expect(await run(local, await renew('overlap=true'))).toMatchObject({ code: 0 });
  const rolledBack = await run([...local, '--rollback']);
  expect(rolledBack.output.match(/createSecret/g)).toHaveLength(1);
  expect(rolledBack).toEqual({
    code: 0,
    output: expect.stringMatching(/finishSecret: done\nVersion \S+ is live again/),
  });
  expect(await run(local, await renew(''))).toMatchObject({ code: 0 });
  const refused = await run([...local, '--rollback']);
  expect(refused).toEqual({ code: 1, output: expect.stringContaining('The provider refuses') });
  expect((await run([...local, '--rollback', '--in-process'])).output).toContain('The provider refuses');
});

test('wrong credentials are not promoted, and the output says where it stopped and why', async () => {
  const { code, output } = await run([...local, '--in-process'], secretOf('wrong'));
  expect(code).toBe(1);
  expect(output).toContain('testSecret: failed\nThe provider refuses the new credentials.');
  expect(current()).toBe(secretOf('old'));
});

test('--dry-run tests from here and stages nothing', async () => {
  const works = await run([...local, '--dry-run'], secretOf('new'));
  expect([works.code, works.output]).toEqual([
    0,
    `  accepted by prove (${prove.tokenUrl})\nThe new credentials work. Nothing was staged.\n`,
  ]);
  expect((await run([...local, '--dry-run'], secretOf('wrong'))).code).toBe(1);
  expect(labels()).toEqual(['AWSCURRENT']);
});

test('the new credentials can come from a file', async () => {
  await writeFile(join(folder.path, 'new.json'), secretOf('new'));
  expect((await run([...local, '--dry-run', '--file', 'new.json'])).code).toBe(0);
});

describe('it says what is wrong and changes nothing:', () => {
  test.each([
    ['no rotation function', local, secretOf('new'), 'No rotation function is set up for this secret.'],
    ['no JSON', local, 'canary', 'The new credentials cannot be used (secret_not_json: SecretString).'],
    ['a field that is missing', local, '{"client_id":"canary"}', '(secret_field_missing: client_secret)'],
    ['no file', [...local, '--file', 'missing'], '', 'The file cannot be read (ENOENT).'],
    ['an unknown provider', ['--env', 'local', '--provider', 'other'], '', 'it has prove.'],
    ['an unknown environment', ['--env', 'other', '--provider', 'prove'], '', 'there are local, dev, staging, prod.'],
    ['nothing to put back', [...local, '--rollback'], '', 'There is no AWSPREVIOUS version to put back.'],
    ['a secret on the command line', [...local, '--client-secret', 'canary'], '', 'an option that is not known'],
  ])('%s', async (_case, args, stdin, message) => {
    const { code, output } = await run(args, stdin);
    expect([code, output]).toEqual([1, expect.stringContaining(message)]);
    expect(labels()).toEqual(['AWSCURRENT']);
  });

  test('no Secrets Manager', async () => {
    await secretsManager.close();
    const { code, output } = await run([...local, '--dry-run'], secretOf('new'));
    expect([code, output]).toEqual([1, expect.stringContaining('Secrets Manager')]);
  });
});

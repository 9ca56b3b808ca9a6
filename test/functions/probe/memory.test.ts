import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { bundleFunction } from '../../../infra/bundling.ts';
import { startProberEndpoint } from './prober-endpoint.ts';

/**
 * Runs the bundle as Lambda does, and then looks for the token in everything that its heap still holds. What it should find
 * shows that it looks at all.
 */
const script = `
const { getHeapSnapshot } = require('node:v8');
const { handler } = require('./index.js');
handler({}, { getRemainingTimeInMillis: () => 60_000 }).then(async ({ results }) => {
  // Joined only when it runs: the compiler folds what it can, and the snapshot holds compiled code too.
  globalThis.held = ['held', 'on', 'purpose'].join('-');
  let heap = '';
  for await (const chunk of getHeapSnapshot().setEncoding('utf8')) heap += chunk;
  const vended = results.find(({ probe }) => probe === 'vend prove').outcome;
  const found = (text) => heap.includes(text);
  process.stderr.write(JSON.stringify({ vended, control: found(globalThis.held), token: found(['canary', 'token'].join('-')) }));
});
`;

test('after a run no token is in the memory of the bundled function, nor in what it wrote', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'token-vending-prober-'));
  const endpoint = await startProberEndpoint(['prove']);
  try {
    await bundleFunction('probe', directory);
    const settings = { providers: { prove: { tokenUrl: 'https://a.example/t', secretId: 's' } } };
    await writeFile(join(directory, 'settings.json'), JSON.stringify(settings));
    await writeFile(join(directory, 'look.js'), script);
    const { accessKeyId, secretAccessKey, sessionToken } = endpoint.prober;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['look.js'], {
      cwd: directory,
      env: {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
        AWS_REGION: 'us-east-1',
        // Nothing answers there: those probes fail, and the others are what is looked at.
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        TOKEN_VENDING_ENDPOINT: endpoint.url,
        VENDING_FUNCTION_ARN: 'arn:aws:lambda:us-east-1:111122223333:function:vend:live',
      },
    });
    expect(JSON.parse(stderr)).toEqual({ vended: 'passed', control: true, token: false });
    expect(stdout).toContain('"message":"probes","passed":8');
    for (const secret of ['canary', secretAccessKey, sessionToken]) expect(stdout).not.toContain(secret);
  } finally {
    await endpoint.close();
    await rm(directory, { recursive: true });
  }
});

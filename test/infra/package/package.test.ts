import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { transform } from 'esbuild';
import manifest from '../../../infra/package/package.json' with { type: 'json' };
import { prove } from '../../../infra/settings/providers.ts';
import rootManifest from '../../../package.json' with { type: 'json' };
import { readPages } from '../../docs/pages.ts';
import { account, createTestApp, findStack, region } from '../support/synthesize.ts';
import { withoutHashes } from '../support/without-hashes.ts';
import { type AppFolder, createAppFolder } from './packed-package.ts';

const root = join(import.meta.dirname, '../../..');
// The Node that npm was started with, 20 perhaps; the tests themselves run on the project's own.
const node = process.env['npm_node_execpath'] ?? process.execPath;

let app: AppFolder;

beforeAll(async () => {
  app = await createAppFolder();
}, 120_000);

afterAll(() => app.close());

/** The code blocks of docs/cdk.md, which are files of an app. */
async function pageFile(name: string): Promise<string> {
  const page = (await readPages()).find(({ path }) => path === 'docs/cdk.md');
  const block = page?.blocks.find(({ text }) => text.startsWith(`// ${name}\n`));
  if (block === undefined) throw new Error(`docs/cdk.md has no ${name}`);
  return block.text;
}

describe('the package', () => {
  test('has compiled code, types and the functions’ bundles, and nothing else', () => {
    const others = app.files.filter((path) => !/^dist\/(types\/[\w/-]+\.d\.ts|bundles\/[\w/.-]+)$/.test(path));
    expect(others.sort()).toEqual(['LICENSE', 'README.md', 'dist/index.js', 'dist/package.json', 'package.json']);
    const bundles = app.files
      .filter((path) => /^dist\/bundles\/.*\/index\.js$/.test(path))
      .map((path) => path.split('/')[2]);
    expect(bundles.sort()).toEqual(['probe', 'rotate', 'vend', 'vend-with-token-store']);
  });

  test('has the version of the repository, and peers that the repository’s own versions satisfy', () => {
    expect(manifest.version).toBe(rootManifest.version);
    expect(manifest.dependencies.valibot).toBe(`^${rootManifest.dependencies.valibot}`);
    for (const peer of ['aws-cdk-lib', 'constructs'] as const) {
      const [major, minor] = rootManifest.devDependencies[peer].split('.').map(Number);
      const [lowestMajor, lowestMinor] = manifest.peerDependencies[peer].slice(1).split('.').map(Number);
      expect(lowestMajor).toBe(major);
      expect(lowestMinor).toBeLessThanOrEqual(minor ?? 0);
    }
  });

  test.each([
    ['an ES module', 'nodenext', 'nodenext', '.mts'],
    ['CommonJS', 'nodenext', 'nodenext', '.cts'],
    ['a bundler', 'esnext', 'bundler', '.ts'],
  ])(
    'has types for %s',
    async (_for, module, moduleResolution, extension) => {
      const source = `${await pageFile('platform.ts')}
const props: import('token-vending-cdk').TokenVendingProps = { environmentName: 'dev', providers: {} };
// @ts-expect-error: there is no such setting.
export const mistaken: typeof props = { ...props, memory: 512 };
// @ts-expect-error: what is inside is nobody's business.
export const inside = (vending: TokenVending) => vending.api;
`;
      await writeFile(join(app.directory, `types${extension}`), source);
      const options = [
        '--strict',
        '--noEmit',
        '--types',
        'node',
        '--target',
        'es2022',
        '--skipLibCheck',
        '--ignoreConfig',
      ];
      const args = [...options, '--module', module, '--moduleResolution', moduleResolution, `types${extension}`];
      expect(await app.run(join(root, 'node_modules/.bin/tsc'), args)).toEqual({ code: 0, stdout: '', stderr: '' });
    },
    120_000,
  );
});

describe('an app that has installed it', () => {
  const imports = {
    'aws-cdk-lib': 'App, Stack, Tags',
    'aws-cdk-lib/aws-iam': 'Role, ServicePrincipal',
    'token-vending-cdk': 'prove, TokenVending',
  };
  const script = (outdir: string) => `
const context = ${JSON.stringify(recommendedFlags)};
const app = new App({ outdir: '${outdir}', analyticsReporting: false, context });
const stack = new Stack(app, 'TokenVending-prod', { env: { account: '${account}', region: '${region}' } });
const settings = { providers: { prove: prove({ server: 'prod-us' }) }, alarms: 'none' };
const vending = new TokenVending(stack, 'Default', { ...settings, environmentName: 'prod' });
vending.grantVend(new Role(stack, 'Orders', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }), 'prove');
for (const [key, value] of [['service', 'token-vending'], ['environment', 'prod']]) Tags.of(stack).add(key, value);
new TokenVending(stack, 'Second', { ...settings, environmentName: 'staging' });
app.synth();`;

  test.each([
    ['imports', 'app.mjs', (from: string, names: string) => `import { ${names} } from '${from}';`],
    ['requires', 'app.cjs', (from: string, names: string) => `const { ${names} } = require('${from}');`],
  ])(
    'and %s it synthesizes the repository’s own template, on the Node that runs npm',
    async (how, file, importOf) => {
      const head = Object.entries(imports).map(([from, names]) => importOf(from, names));
      await writeFile(join(app.directory, file), `${head.join('\n')}${script(`${how}.out`)}`);
      expect(await app.run(node, [file])).toMatchObject({ code: 0 });
      const own = createTestApp({ prod: { providers: { prove: prove({ server: 'prod-us' }) }, alarms: 'none' } });
      const isOthers = (id: string) => /^(Orders|Second)/.test(id);
      expect(resourcesOf(await readTemplate(`${how}.out/TokenVending-prod`), isOthers)).toEqual(
        resourcesOf(Template.fromStack(findStack(own, 'TokenVending-prod')).toJSON(), isOthers),
      );
    },
    120_000,
  );

  test('hears of every mistake at once', async () => {
    await writeFile(
      join(app.directory, 'mistaken.cjs'),
      `const { App, Stack } = require('aws-cdk-lib');
const { prove, TokenVending } = require('token-vending-cdk');
const stack = new Stack(new App(), 'Foreign', { env: { account: '${account}', region: '${region}' } });
try {
  new TokenVending(stack, 'V', { environmentName: 'Prod', region: 'eu-west-1', memory: 5, alarms: 'none', providers: { prove: prove({}) } });
} catch ({ name, mistakes }) { process.stdout.write(JSON.stringify({ name, mistakes })); }`,
    );
    const { stdout } = await app.run(node, ['mistaken.cjs']);
    expect(JSON.parse(stdout)).toEqual({
      name: 'EnvironmentsError',
      mistakes: [
        expect.stringMatching(/^Prod: an environment's name/),
        expect.stringMatching(/^Prod\.memory/),
        expect.stringMatching(/^Prod\.providers\.prove\.server/),
        "Prod.region is eu-west-1, and its stack's is us-east-1",
      ],
    });
  });

  test.each(['platform.ts', 'orders.ts'])(
    'can be %s of docs/cdk.md',
    async (name) => {
      const { code } = await transform(await pageFile(name), { loader: 'ts', format: 'cjs' });
      const file = name.replace('.ts', '.cjs');
      await writeFile(join(app.directory, file), `${code}\napp.synth();`);
      expect(await app.run(node, [file])).toMatchObject({ code: 0 });
    },
    120_000,
  );
});

async function readTemplate(path: string): Promise<object> {
  return JSON.parse(await readFile(join(app.directory, `${path}.template.json`), 'utf8'));
}

function resourcesOf(template: object, isOthers: (id: string) => boolean): object {
  const { Resources } = withoutHashes(template) as { Resources: object };
  return Object.fromEntries(Object.entries(Resources).filter(([id]) => !isOthers(id)));
}

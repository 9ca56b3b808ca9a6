import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { root } from '../docs/pages.ts';
import { prepareGoTools } from './support/go-tools.ts';
import { runCommand } from './support/run-command.ts';
import { runStep, type StepOptions, type StepRun } from './support/workflow-step.ts';

const workflows = join(root, '.github/workflows');
const file = join(workflows, 'deploy.yml');
const directory = join(root, '.build/e2e/workflows');
const bin = join(root, '.build/e2e/go');
const actionlint = (path: string) => runCommand(join(bin, 'actionlint'), ['-no-color', path], { cwd: root });

beforeAll(async () => {
  await mkdir(directory, { recursive: true });
  await prepareGoTools(bin);
}, 300_000);

describe('actionlint', () => {
  test('finds no fault in the workflows', async () => {
    for (const name of await readdir(workflows)) expect(await actionlint(join(workflows, name))).toBe('');
  });

  /** The workflow that docs/deploy.md shows, beside the ones of this repository so that it can call them. */
  async function lintCaller(change: (text: string) => string): Promise<string> {
    const page = await readFile(join(root, 'docs/deploy.md'), 'utf8');
    const example = /```yaml\n(# \.github\/workflows\/environments\.yml\n.*?)```/s.exec(page)?.[1] ?? '';
    expect(example).toContain('uses: ./.github/workflows/deploy.yml');
    const path = join(directory, 'environments.yml');
    await writeFile(path, change(example));
    return actionlint(path);
  }

  test('finds no fault in the one that docs/deploy.md shows', async () => {
    expect(await lintCaller((text) => text)).toBe('');
  });

  test('finds a planted fault', async () => {
    await expect(lintCaller((text) => text.replace('environment: dev', 'enviroment: dev'))).rejects.toThrow(
      'input "enviroment" is not defined',
    );
  });

  test('every action is pinned to a commit, with its version beside it', async () => {
    const uses = (await readFile(file, 'utf8')).split('\n').filter((line) => line.includes('uses: '));
    expect(uses.length).toBeGreaterThan(4);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
});

const common = { ENVIRONMENT: 'dev', GITHUB_REPOSITORY: 'acme/token-vending', GITHUB_SHA: 'new' };

function run(job: string, name: string, options: Partial<StepOptions>): Promise<StepRun> {
  const env = { ...common, ...options.env };
  return runStep(file, job, name, { programs: {}, directory: join(directory, 'step'), ...options, env });
}

/** Answers a GET from a file, through the filter of `--jq`. */
const gh = (answer: object) => `
while [ $# -gt 0 ]; do [ "$1" = --jq ] && filter=$2; shift; done
if [ -n "\${filter:-}" ]; then echo '${JSON.stringify(answer)}' | '${join(bin, 'gojq')}' -r "$filter"; fi`;

describe('the comment on a pull request', () => {
  const comment = (diff: string, comments: readonly object[]) =>
    run('diff', 'Comment', { env: { PULL_REQUEST: '7' }, programs: { gh: gh(comments) }, files: { 'diff.txt': diff } });
  const written = () => readFile(join(directory, 'step/comment.md'), 'utf8');

  test('is new where there is none for this environment', async () => {
    const { calls, failed } = await comment('[+] AWS::Lambda::Function', [{ id: 1, body: '<!-- cdk diff prod -->' }]);
    expect(failed).toBe(false);
    expect(calls.at(-1)).toBe(
      'gh api --method POST repos/acme/token-vending/issues/7/comments --field body=@comment.md --silent',
    );
    expect(await written()).toBe(
      '<!-- cdk diff dev -->\n### `cdk diff` of dev\n\n``````````\n[+] AWS::Lambda::Function\n``````````\n',
    );
  });

  test('replaces the one that is there', async () => {
    const { calls } = await comment('no differences', [
      { id: 1, body: 'Nice!' },
      { id: 22, body: '<!-- cdk diff dev -->\n…' },
      { id: 23, body: '<!-- cdk diff dev -->\n…' },
    ]);
    expect(calls).toHaveLength(2);
    expect(calls.at(-1)).toContain('--method PATCH repos/acme/token-vending/issues/comments/22 ');
  });

  test('is cut where GitHub would refuse it, between characters, and shows markup as text', async () => {
    await comment(`\`\`\`\n$(touch injected)\n${'é'.repeat(40_000)}`, []);
    const text = await written();
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain('\n$(touch injected)\n');
    expect(text).not.toContain('\uFFFD');
    expect(text).toMatch(/é\n`{10}\nIt is longer; the log of this job has all of it\.\n$/);
    expect(await readdir(join(directory, 'step'))).not.toContain('injected');
  });
});

describe('the last good commit', () => {
  const find = (nodes: readonly object[]) =>
    run('deploy', 'Find the last good commit', {
      programs: { gh: gh({ data: { repository: { deployments: { nodes } } } }) },
    });

  test('is that of the latest deployment that succeeded', async () => {
    const { outputs } = await find([
      { commitOid: 'new', state: 'IN_PROGRESS' },
      { commitOid: 'broken', state: 'FAILURE' },
      { commitOid: 'good', state: 'ACTIVE' },
      { commitOid: 'older', state: 'INACTIVE' },
    ]);
    expect(outputs).toBe('commit=good\n');
  });

  test('is none before the first', async () => {
    const { outputs, failed } = await find([{ commitOid: 'new', state: 'IN_PROGRESS' }]);
    expect([outputs, failed]).toEqual(['commit=\n', false]);
  });
});

describe('the way back after a failed probe', () => {
  const goBack = (LAST: string, npx = '') =>
    run('deploy', 'Go back to the last good commit', { env: { LAST }, programs: { git: '', npm: '', npx } });

  test('deploys the last good commit with its own dependencies, and probes again', async () => {
    const { calls, failed, output } = await goBack('good');
    expect(failed).toBe(false);
    expect(calls).toEqual([
      'git checkout --quiet --force --detach good',
      'npm ci --ignore-scripts',
      'npx cdk deploy TokenVending-dev --require-approval never',
      'npm run --silent probe -- --env dev --deployed',
    ]);
    expect(output).toContain('::error::The probe failed. dev is back at good');
  });

  test.each(['', 'new'])('does nothing where there is no other commit (%j)', async (last) => {
    const { calls, failed, output } = await goBack(last);
    expect([calls, failed]).toEqual([[], true]);
    expect(output).toContain('no other commit of dev to go back to');
  });

  test('fails, and says nothing of success, where the deployment fails', async () => {
    const { failed, output } = await goBack('good', 'exit 1');
    expect([failed, output.includes('is back at')]).toEqual([true, false]);
  });
});

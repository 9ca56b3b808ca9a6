import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { generatedEnvironments } from '../infra/support/generated-environments.ts';
import { synthesize } from '../infra/support/synthesize.ts';
import { root } from './pages.ts';

const page = await readFile(join(root, 'docs/runbook.md'), 'utf8');
const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);
const entries = headings.filter((heading) => /^(page|ticket)-/.test(heading ?? ''));

/** With every alarm that there can be. */
const template = synthesize({
  ...generatedEnvironments['everything'],
  endpoint: { type: 'REGIONAL' },
  prober: true,
  callerLimit: { requestsPerSecond: 1, burst: 1 },
});
const linked = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
  Object.values(template.findResources(type)).map(
    ({ Properties }) => /runbook#([\w-]+)\)$/.exec(Properties.AlarmDescription)?.[1],
  ),
);

describe('the runbook', () => {
  test('has an entry for every alarm, and none without one', () => {
    expect(entries.toSorted()).toEqual([...new Set(linked)].toSorted());
  });

  test.each([
    'A provider is down',
    'A provider is slow',
    'A secret leaked',
    'A token leaked',
    'A caller misbehaves',
    'Credentials are lost',
    'A secret is deleted',
    'A deployment is blocked',
    'A stack failed half-way',
    'A region is down',
  ])('says what to do when: %s', (scenario) => {
    const [, section = ''] = new RegExp(`^## ${scenario}$([\\s\\S]*?)(?=^## )`, 'm').exec(page) ?? [];
    // At least one step is a command.
    expect(section).toMatch(/^\$ (aws|npx) |npm run (--silent )?\w+ -- --env |deploy/m);
  });

  test('says of every alarm what it means and what to do', () => {
    for (const entry of entries) {
      const [, section = ''] = new RegExp(`^### ${entry}$([\\s\\S]*?)(?=^##|$(?![\\s\\S]))`, 'm').exec(page) ?? [];
      expect([entry, section]).toEqual([entry, expect.stringContaining('**Description.**')]);
      expect([entry, section]).toEqual([
        entry,
        expect.stringMatching(/\*\*(Resolution|Investigation and resolution)\.\*\*/),
      ]);
    }
  });
});

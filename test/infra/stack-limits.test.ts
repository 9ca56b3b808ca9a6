import { describe, expect, jest, test } from '@jest/globals';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { awsLimits } from '../../infra/aws-limits.ts';
import type { Environment } from '../../infra/settings/environment.ts';
import { EnvironmentsError } from '../../infra/settings/parse-environments.ts';
import type { ProviderEntry } from '../../infra/settings/preset.ts';
import { oauth2, prove } from '../../infra/settings/providers.ts';
import { countNeeds, findExceededLimits } from '../../infra/stack-limits.ts';
import { TokenVendingStack } from '../../infra/token-vending-stack.ts';
import { roleStatements } from './support/find-policies.ts';
import { resolveTemplate } from './support/resolve-template.ts';
import { account, createTestApp, region, stubBundles } from './support/synthesize.ts';

function providersOf(count: number, nameOf: (index: number) => string): Record<string, ProviderEntry> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [nameOf(index), prove({ server: 'prod-us' })]));
}

const shortName = (index: number) => `p${index}`;
/** The longest name that a provider may have, which makes the longest ARNs. */
const longName = (index: number) => `p${String(index).padStart(62, '0')}`;

function mistakesOf(environments: Readonly<Record<string, Environment>>): readonly string[] {
  try {
    createTestApp(environments);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentsError) return error.mistakes;
    throw error;
  }
}

describe('an environment', () => {
  test('has room for 50 providers, however long the names', () => {
    const name = 'e'.repeat(31);
    const callers = [{ organizationIds: ['o-exampleorg1'], providers: Object.keys(providersOf(50, longName)) }];
    expect(mistakesOf({ [name]: { providers: providersOf(50, longName), callers } })).toEqual([]);
  });

  test('with more providers than a stack has outputs is refused, by the limit’s name', () => {
    expect(mistakesOf({ e: { providers: providersOf(60, shortName) } })).toEqual([]);
    expect(mistakesOf({ e: { providers: providersOf(99, shortName) } })).toContain(
      'e.providers: a CloudFormation stack has at most 200 outputs, and these need 201; use a second environment',
    );
  });

  test.each([1, 50])('of %d providers needs at least what the local stack says, and not twice as much', (count) => {
    const needs = countNeeds(build(providersOf(count, shortName)));
    const estimates = Object.entries(awsLimits).map(([name, { base, perProvider }]) => {
      const least = base + perProvider * count;
      const real = needs[name as keyof typeof awsLimits];
      return { name, isLess: least <= real, isNear: perProvider === 0 || real < 2 * least };
    });
    expect(estimates).toEqual(estimates.map(({ name }) => ({ name, isLess: true, isNear: true })));
  });

  test('is refused for every limit that it exceeds, and so is every environment', () => {
    const mistakes = mistakesOf({
      prod: { providers: providersOf(120, longName) },
      dev: { providers: providersOf(99, shortName) },
    });
    expect(mistakes).toEqual([
      expect.stringMatching(/^prod\.providers: .* 500 resources, and these need \d+; use a second environment$/),
      expect.stringMatching(/^prod\.providers: .* 200 outputs, and these need 243; use a second environment$/),
      expect.stringMatching(
        /^prod\.providers: a role's inline policies have at most 10240 characters, and these need \d+;/,
      ),
      expect.stringMatching(/^dev\.providers: .* 500 resources/),
      expect.stringMatching(/^dev\.providers: .* 200 outputs/),
    ]);
  });

  test('with more callers than the API’s policy holds is refused', () => {
    const principalArns = Array.from({ length: 200 }, (_, index) => `arn:aws:iam::444455556666:role/caller-${index}`);
    const providers = { prove: prove({ server: 'prod-us' }) };
    const [mistake] = mistakesOf({ prod: { providers, callers: [{ principalArns, providers: ['prove'] }] } });
    expect(mistake).toMatch(
      /^prod\.callers: an API's resource policy has at most 8192 bytes, and these need \d+; use a second environment$/,
    );
  });

  const keyArn = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000';
  const existing = (index: number): ProviderEntry => {
    const arn = `arn:aws:secretsmanager:us-east-1:111122223333:secret:existing-${index}-AbCdEf`;
    return oauth2({ tokenUrl: 'https://a.example/token', existingSecret: { arn, keyArn } });
  };

  test.each<[string, (count: number) => Record<string, ProviderEntry>]>([
    ['long names', (count) => providersOf(count, longName)],
    [
      'existing secrets',
      (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, existing(i)])),
    ],
  ])('with %s is refused when its policies are too large for IAM, and not much earlier', (_, providersFor) => {
    for (const count of [40, 60, 80, 100]) {
      const stack = build(providersFor(count));
      const isRefused = findExceededLimits('test', stack).some((mistake) => mistake.includes('inline policies'));
      const size = largestInlinePolicy(stack);
      expect({ count, size, isRefused }).toEqual({
        count,
        size: expect.any(Number),
        isRefused: size > 10_240 || (size > 9800 && isRefused),
      });
    }
  });
});

/** The stack, whether too large or not. */
function build(providers: Readonly<Record<string, ProviderEntry>>): Stack {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:stackResourceLimit': 0 } });
  const vending = { environmentName: 'test', alarms: 'none' as const, providers, bundlesDirectory: stubBundles };
  return new TokenVendingStack(app, 'Stack', { vending, env: { account, region } });
}

function largestInlinePolicy(stack: Stack): number {
  // CDK warns of a limit that is exceeded on purpose.
  const warn = jest.spyOn(console, 'error').mockReturnValue();
  const resources = resolveTemplate(Template.fromStack(stack));
  warn.mockRestore();
  const roles = Object.keys(resources).filter((id) => resources[id]?.Type === 'AWS::IAM::Role');
  const sizes = roles.map((id) => {
    const document = { Version: '2012-10-17', Statement: roleStatements(resources, id) };
    return JSON.stringify(document).length;
  });
  return Math.max(...sizes);
}

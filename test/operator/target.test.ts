import { expect, test } from '@jest/globals';
import { prove } from '../../infra/settings/providers.ts';
import { findTarget } from '../../operator/target.ts';

test('an environment that uses replicas sends the operator to the environment whose secrets they are', async () => {
  const providers = { prove: prove({ server: 'prod-us' }) };
  const common = { providers, alarms: 'none' as const };
  const environments = {
    prod: { ...common, region: 'us-east-1', replicaRegions: ['eu-west-1'] },
    'prod-eu': { ...common, region: 'eu-west-1', replicaOf: 'prod' },
  };
  const target = (environment: string) =>
    findTarget({ environment, provider: 'prove', directory: '.local' }, environments);
  await expect(target('prod-eu')).rejects.toThrow(
    "prod-eu uses replicas of prod's secrets. Do this there: --env prod.",
  );
  expect(await target('prod')).toMatchObject({ secretId: 'token-vending/prod/prove' });
});

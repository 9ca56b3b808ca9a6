import type { Environment } from './settings/environment.ts';
import { prove } from './settings/providers.ts';

/**
 * The one place where environments differ: an entry here is a stack `TokenVending-{name}`. `environment.ts` documents the
 * defaults of what an entry leaves out. Account and region then come from the AWS credentials in use.
 */
export const environments: Readonly<Record<string, Environment>> = {
  dev: {
    providers: { prove: prove({ server: 'uat-us' }) },
    throttling: { requestsPerSecond: 50, burst: 100 },
    logRetentionDays: 7,
    removal: 'destroy',
    deployment: 'all-at-once',
  },
  staging: {
    providers: { prove: prove({ server: 'uat-us' }), 'prove-eu': prove({ server: 'uat-eu' }) },
    throttling: { requestsPerSecond: 200, burst: 400 },
    tokenStore: 'dynamodb',
    logRetentionDays: 30,
    removal: 'destroy',
  },
  prod: {
    providers: { prove: prove({ server: 'prod-us' }), 'prove-eu': prove({ server: 'prod-eu' }) },
    throttling: { requestsPerSecond: 2000, burst: 4000 },
    tokenStore: 'dynamodb',
    memoryMb: 1024,
    logRetentionDays: 365,
    // Fill in who is told: { page: …, ticket: … }.
    alarms: 'none',
  },
};

import { type Language, prepareDriver } from '../../test/clients/languages.ts';
import { type Driver, type Result, startDriver } from '../../test/clients/support/driver-process.ts';
import { startVendingService, type VendingService } from './vending-service.ts';

export interface ClientUnderTest {
  readonly driver: Driver;
  readonly service: VendingService;
}

/** Runs with the driver of a language's client, which the scenarios in `test/clients` are played with. */
export async function withClient<T>(
  language: Language,
  tokenLifetimeSeconds: number,
  run: (client: ClientUnderTest) => Promise<T>,
): Promise<T> {
  const command = await prepareDriver(language);
  const service = await startVendingService(tokenLifetimeSeconds);
  const driver = startDriver(command, {
    TOKEN_VENDING_ENDPOINT: service.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: 'unused',
  });
  try {
    return await run({ driver, service });
  } finally {
    await driver.stop();
    await service.close();
  }
}

/** @returns how many calls brought no token, or no answer with status 200 */
export function countFailures(results: readonly Result[] = []): number {
  return results.filter((result) => !('sha256' in result) && !('status' in result && result.status === 200)).length;
}

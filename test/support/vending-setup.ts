import { afterEach, beforeEach } from '@jest/globals';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
import { type ScriptedProvider, startScriptedProvider } from './scripted-provider.ts';
import { startVendingFunction, type VendingFunction } from './vending-function.ts';

// What nearly every test of vends begins with. A test imports `provider` and `vending` and finds those of its own there.

export let provider: ScriptedProvider;
export let vending: VendingFunction;
let isVending = false;

/** Each test gets a provider of its own. It and the function, where the test starts one, end with the test. */
export function useProvider(): void {
  beforeEach(async () => {
    provider = await startScriptedProvider();
  });
  afterEach(async () => {
    if (isVending) await vending.close();
    isVending = false;
    await provider.close();
  });
}

/** Starts the function with these settings of the provider. */
export async function startVending(settings?: Partial<ProviderSettings>): Promise<VendingFunction> {
  vending = await startVendingFunction(provider.tokenUrl, settings);
  isVending = true;
  return vending;
}

/** Each test gets a provider and a function of its own. */
export function useVending(settings?: Partial<ProviderSettings>): void {
  useProvider();
  beforeEach(async () => {
    await startVending(settings);
  });
}

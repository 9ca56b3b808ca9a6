import { afterEach, beforeEach } from '@jest/globals';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
import { type ScriptedProvider, startScriptedProvider } from './scripted-provider.ts';
import { startVendingFunction, type VendingFunction } from './vending-function.ts';

// The setup of nearly every test of vends. `provider` and `vending` are those of the test that is running.

export let provider: ScriptedProvider;
export let vending: VendingFunction;
let isVending = false;

/** Each test gets its own provider. The provider and the function, if the test starts one, end with the test. */
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

/** Starts the function with these provider settings. */
export async function startVending(settings?: Partial<ProviderSettings>): Promise<VendingFunction> {
  vending = await startVendingFunction(provider.tokenUrl, settings);
  isVending = true;
  return vending;
}

/** Each test gets its own provider and function. */
export function useVending(settings?: Partial<ProviderSettings>): void {
  useProvider();
  beforeEach(async () => {
    await startVending(settings);
  });
}

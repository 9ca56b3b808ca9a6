import { environmentVariables } from '../../functions/shared/settings/environment-variables.ts';
import type { ParsedProvider } from '../settings/parse-provider-entries.ts';

/** Of all variables of a function together. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxEnvironmentBytes = 4096;

/** The environment variables of the functions. */
export function functionEnvironment(providers: ReadonlyMap<string, ParsedProvider>): Record<string, string> {
  const settings = Object.fromEntries([...providers].map(([name, provider]) => [name, provider.settings]));
  return { [environmentVariables.providers]: JSON.stringify(settings) };
}

/** @returns the mistake of settings that the functions' environment cannot hold, if they are such */
export function tooLarge(name: string, providers: ReadonlyMap<string, ParsedProvider>): string[] {
  const bytes = Buffer.byteLength(Object.entries(functionEnvironment(providers)).flat().join(''));
  if (bytes <= maxEnvironmentBytes) return [];
  const largest = [...providers].sort(([, a], [, b]) => sizeOf(b) - sizeOf(a))[0];
  const hint = largest === undefined ? '' : `; the largest is ${largest[0]} with ${sizeOf(largest[1])}`;
  return [`${name}.providers take ${bytes} bytes, and Lambda's environment holds ${maxEnvironmentBytes}${hint}`];
}

function sizeOf(provider: ParsedProvider): number {
  return Buffer.byteLength(JSON.stringify(provider.settings));
}

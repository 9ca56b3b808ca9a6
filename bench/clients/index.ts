import { parseArgs } from 'node:util';
import { findMissingTools, isLanguage, languages } from '../../test/clients/languages.ts';
import { printSection } from '../markdown.ts';
import { writeResults } from '../results.ts';
import { measureCachedToken } from './cached-token.ts';
import { measureExpiry } from './expiry.ts';
import { type ClientFigures, formatClients, judgeClients } from './report.ts';
import { measureRevocations } from './revocations.ts';

/**
 * Measures the callers' clients of all languages.
 *
 * - `--languages`: some of them only.
 * - `--calls`: for a token from memory.
 * - `--callers`: at a token's end.
 */
export async function runClients(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      languages: { type: 'string', default: languages.join(',') },
      calls: { type: 'string', default: '1000000' },
      callers: { type: 'string', default: '1000' },
    },
  });
  const wanted = values.languages.split(',').filter(isLanguage);
  const missing = findMissingTools(wanted);
  if (missing.length > 0) reportMissing(missing.map(({ language, tool }) => `${language}: ${tool}`));
  const measurable = wanted.filter((language) => missing.every((each) => each.language !== language));
  const settings = { calls: Number(values.calls), callers: Number(values.callers) };
  const figures: ClientFigures[] = [];
  for (const language of measurable) {
    figures.push({
      language,
      cachedToken: await measureCachedToken(language, settings.calls),
      expiry: await measureExpiry(language, settings.callers),
      revocations: await measureRevocations(language),
    });
  }
  const results = await writeResults('clients', settings, figures);
  printSection(formatClients(results), judgeClients(results));
}

/** In CI nothing may be missing. */
function reportMissing(tools: readonly string[]): void {
  const message = `What is missing to measure all clients: ${tools.join(', ')}`;
  if (process.env['CI'] !== undefined) throw new Error(message);
  process.stderr.write(`${message}\n`);
}

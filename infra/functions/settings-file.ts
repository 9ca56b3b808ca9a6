import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Settings, settingsFileName } from '../../functions/shared/settings/config.ts';

/**
 * Puts the settings file beside a bundle; synchronously, because a construct cannot wait. A file of its own, because constructs
 * are published without the bundler.
 */
export function writeSettings(codeDirectory: string, settings: Settings): void {
  writeFileSync(join(codeDirectory, settingsFileName), JSON.stringify(settings));
}

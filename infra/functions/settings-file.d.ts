import { type Settings } from '../../functions/shared/settings/config.ts';
/**
 * Puts the settings file beside a bundle; synchronously, because a construct cannot wait. A file of its own, because constructs
 * are published without the bundler.
 */
export declare function writeSettings(codeDirectory: string, settings: Settings): void;

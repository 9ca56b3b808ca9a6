import * as v from 'valibot';
import { type Provider, type ProviderSettings } from './provider-settings.ts';
export interface Config {
    readonly providers: ReadonlyMap<string, Provider>;
    /** Log lines below it are not written. */
    readonly logLevel: 'info' | 'warn';
    /** The DynamoDB table through which instances share tokens; without it each obtains its own. */
    readonly tokenStore?: {
        readonly table: string;
    } | undefined;
}
/** Names every mistake of the configuration at once, one a line. */
export declare class ConfigError extends Error {
    readonly name = "ConfigError";
    readonly mistakes: readonly string[];
    constructor(mistakes: readonly string[], options?: ErrorOptions);
}
/** Lies beside the bundle: the same code runs in every environment, and this file is where they differ. */
export declare const settingsFileName = "settings.json";
/** What the settings file holds. */
export interface Settings {
    /** Provider name → provider settings. */
    readonly providers: Readonly<Record<string, ProviderSettings>>;
    readonly logLevel?: 'info' | 'warn';
    readonly tokenStore?: {
        readonly table: string;
    };
}
/**
 * Reads the settings file from the folder of the bundle.
 *
 * @throws ConfigError that names every mistake by provider and key
 */
export declare function readConfig(directory: string): Config;
/** @throws ConfigError */
export declare function parseConfig(text: string): Config;
/**
 * Reads an object of provider name → provider settings. `where` begins the name of every mistake.
 *
 * @throws ConfigError
 */
export declare function parseProviders(value: unknown, where: string): ReadonlyMap<string, Provider>;
export interface JudgedProviders {
    /** Those without a mistake. */
    readonly providers: ReadonlyMap<string, Provider>;
    readonly mistakes: readonly string[];
}
/** `parseProviders` for a caller that has other mistakes to report as well. */
export declare function judgeProviders(value: unknown, where: string): JudgedProviders;
/** Names one mistake that a schema found. Never quotes the value, which could be a secret put in the wrong place. */
export declare function describeIssue(where: string, issue: v.BaseIssue<unknown>): string;

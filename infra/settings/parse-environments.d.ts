import { type Environment, type ParsedEnvironment } from './environment.ts';
export interface ParseOptions {
    /** Where an environment that names no account or region is deployed. Undefined: not known yet. */
    readonly account?: string | undefined;
    readonly region?: string | undefined;
    readonly allowLoopback?: boolean;
}
/** Names every mistake of every environment at once, one per line. */
export declare class EnvironmentsError extends Error {
    readonly name = "EnvironmentsError";
    readonly mistakes: readonly string[];
    constructor(mistakes: readonly string[]);
}
/**
 * Validates all entries before anything is built.
 *
 * @throws EnvironmentsError that names every mistake by environment, provider and key
 */
export declare function parseEnvironments(entries: Readonly<Record<string, Environment>>, options?: ParseOptions): ReadonlyMap<string, ParsedEnvironment>;
/**
 * Validates one entry for a stack whose account and region, as far as they are known, are those of the options.
 *
 * @throws EnvironmentsError that names every mistake
 */
export declare function parseEnvironment(name: string, entry: Environment, options?: ParseOptions): ParsedEnvironment;

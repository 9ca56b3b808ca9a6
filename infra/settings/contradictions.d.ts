import type { ParsedEnvironment } from './environment.ts';
/** Mistakes that show only when several keys are compared. */
export declare function findContradictions(environment: ParsedEnvironment): string[];
/** A name as part of a CloudFormation output's name, which may have letters and digits only. */
export declare function outputSuffix(name: string): string;

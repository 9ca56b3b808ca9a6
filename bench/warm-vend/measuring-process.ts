import { pathToFileURL } from 'node:url';
import type { LambdaHandler } from '../lambda-call.ts';
import { measureCost } from './measure-calls.ts';
import { type Measurements, measurements, warmUpCalls } from './measurements.ts';

// Loads one bundled handler, warms it up, measures it and sends the figures to its parent.

interface Bundle {
  readonly handler: LambdaHandler;
}

const [kind, file = '', calls] = process.argv.slice(2);
// Node sees the exports of a CommonJS module for certain only in `default`.
const bundle: Partial<Bundle> & { readonly default?: Bundle } = await import(pathToFileURL(file).href);
const handler = bundle.handler ?? bundle.default?.handler;
if (handler === undefined) throw new Error(`${file} exports no handler.`);
await measureCost(handler, warmUpCalls);
const measured = await measurements[kind as keyof Measurements](handler, Number(calls));
process.send?.(measured, () => process.exit(0));

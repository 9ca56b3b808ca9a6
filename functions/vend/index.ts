import './connect-early.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { createFunctionDeps } from '../shared/runtime/function-deps.ts';
import { early } from './connect-early.ts';
import { createVendingFunction } from './handler.ts';

/** What Lambda runs: `handler`, and before it `preload` where instances are kept warm (`provisioned.mjs`). */
export const { handler, preload } = createVendingFunction({
  ...createFunctionDeps(early),
  version: packageJson.version,
});

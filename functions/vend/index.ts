import packageJson from '../../package.json' with { type: 'json' };
import { createFunctionDeps } from '../shared/function-deps.ts';
import { createHandler } from './handler.ts';

/** What Lambda runs. A mistake in the settings ends the cold start with an error that names all of them. */
export const handler = createHandler({ ...createFunctionDeps(), version: packageJson.version });

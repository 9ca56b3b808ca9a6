import './connect-early.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { createFunctionDeps } from '../shared/function-deps.ts';
import { early } from './connect-early.ts';
import { createHandler } from './handler.ts';

/** What Lambda runs. */
export const handler = createHandler({ ...createFunctionDeps(early), version: packageJson.version });

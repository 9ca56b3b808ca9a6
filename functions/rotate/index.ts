import { createEarlyDeps } from '../shared/runtime/early-deps.ts';
import { createFunctionDeps } from '../shared/runtime/function-deps.ts';
import { createRotationHandler } from './handler.ts';

/** What Lambda runs. A mistake in the settings ends the cold start with an error that names all of them. */
export const handler = createRotationHandler(createFunctionDeps(createEarlyDeps()));

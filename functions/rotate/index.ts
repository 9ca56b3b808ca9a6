import { createEarlyDeps } from '../shared/runtime/early-deps.ts';
import { createFunctionDeps } from '../shared/runtime/function-deps.ts';
import { createRotationHandler } from './handler.ts';

/** The entry point for Lambda. Mistakes in the settings end the cold start with an error that names all of them. */
export const handler = createRotationHandler(createFunctionDeps(createEarlyDeps()));

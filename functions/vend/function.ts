import packageJson from '../../package.json' with { type: 'json' };
import { createFunctionDeps } from '../shared/runtime/function-deps.ts';
import { createVendingFunction } from './handler.ts';
import type { CreateFunction } from './load-while-connecting.ts';

/** The function of environments whose instances each obtain their own tokens. */
export const createFunction: CreateFunction = async (early, turn) => {
  await turn();
  return createVendingFunction({ ...createFunctionDeps(early), version: packageJson.version });
};

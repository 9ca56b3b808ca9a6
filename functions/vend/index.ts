import { early } from './connect-early.ts';
import { loadWhileConnecting } from './load-while-connecting.ts';

/**
 * What Lambda runs: `handler`, and before it `preload` where instances are kept warm (`provisioned.mjs`). Where the settings
 * name a token store, `function-with-token-store.ts` is bundled as `function.js` (`infra/bundling.ts`).
 */
export const { handler, preload, then } = loadWhileConnecting(early, () => import('./function.ts'));

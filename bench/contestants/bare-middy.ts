import middy from '@middy/core';
import { emptyAnswer } from './peer.ts';

/** middy with its defaults around a handler that does nothing. */
export const handler = middy().handler(async () => emptyAnswer);

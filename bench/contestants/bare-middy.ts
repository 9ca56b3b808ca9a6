import middy from '@middy/core';
import { emptyAnswer } from './comparison-answer.ts';

/** middy with its own defaults around a handler that does nothing. */
export const handler = middy().handler(async () => emptyAnswer);

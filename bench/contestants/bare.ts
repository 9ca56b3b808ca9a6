import { emptyAnswer } from './peer.ts';

/** Does nothing: the floor of any handler. */
export async function handler(): Promise<object> {
  return emptyAnswer;
}

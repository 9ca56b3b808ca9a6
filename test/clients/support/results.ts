import { expect } from '@jest/globals';
import type { AnswerResult, ErrorResult, Reply, TokenResult } from './driver-process.ts';

export function tokensOf(reply: Reply): readonly TokenResult[] {
  return all(reply, 'sha256') as readonly TokenResult[];
}

export function answersOf(reply: Reply): readonly AnswerResult[] {
  return all(reply, 'body') as readonly AnswerResult[];
}

export function errorsOf(reply: Reply): readonly ErrorResult['error'][] {
  return (all(reply, 'error') as readonly ErrorResult[]).map(({ error }) => error);
}

export function tokenOf(reply: Reply): TokenResult {
  return only(tokensOf(reply));
}

export function answerOf(reply: Reply): AnswerResult {
  return only(answersOf(reply));
}

export function errorOf(reply: Reply): ErrorResult['error'] {
  return only(errorsOf(reply));
}

function all(reply: Reply, field: string): readonly unknown[] {
  const { results = [] } = reply;
  const isAsWanted = results.length > 0 && results.every((result) => field in result);
  // So that a failure shows what was answered instead.
  if (!isAsWanted) expect(reply).toEqual(`results with ${field}`);
  return results;
}

function only<T>(results: readonly T[]): T {
  expect(results).toHaveLength(1);
  return results[0] as T;
}

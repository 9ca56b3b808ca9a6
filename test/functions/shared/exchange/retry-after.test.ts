import { expect, test } from '@jest/globals';
import { parseRetryAfter } from '../../../../functions/shared/exchange/token-response.ts';

const nowMs = Date.UTC(2026, 0, 1);

test.each([
  [undefined, undefined],
  ['5', 5],
  [' 5 ', 5],
  ['0', 1],
  ['86400', 300],
  ['9'.repeat(400), 300],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60],
  ['Thu, 01 Jan 2026 01:00:00 GMT', 300],
  ['Wed, 31 Dec 2025 23:59:59 GMT', 1],
  ['-3', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['x GMT', undefined],
  ['', undefined],
])('reads %j as %p seconds', (header, seconds) => {
  expect(parseRetryAfter({ headers: { 'retry-after': header } }, nowMs)).toBe(seconds);
});

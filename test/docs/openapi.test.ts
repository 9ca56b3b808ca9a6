import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { gatewayAnswers } from '../../infra/api/gateway-answers.ts';
import { type AnswerToCheck, openApi, undocumentedIn } from '../support/documented-answer.ts';
import { root } from './pages.ts';

const callers = await readFile(join(root, 'docs/callers.md'), 'utf8');
const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' };

const token: AnswerToCheck = {
  method: 'POST',
  path: '/tokens/prove',
  status: 200,
  headers: { ...noStore, 'x-token-source': 'memory' },
  body: { access_token: 'a', token_type: 'Bearer', expires_in: 1 },
};
const throttled: AnswerToCheck = {
  ...token,
  status: 503,
  headers: { ...noStore, 'retry-after': '1' },
  body: { error: 'temporarily_unavailable', error_description: 'Later.' },
};

describe('an answer is as docs/openapi.yaml says', () => {
  test.each([token, throttled, { ...token, body: { ...(token.body as object), id_token: 'exposed' } }])(
    'where it is $status',
    (answer) => {
      expect(undocumentedIn(answer)).toEqual([]);
    },
  );

  test.each<[string, Partial<AnswerToCheck>, string]>([
    ['a status', { status: 418 }, '418 is not documented for POST /tokens/prove'],
    ['a header', { headers: { ...token.headers, 'x-new': '1' } }, 'the header x-new is not documented for 200'],
    ['a missing header', { headers: noStore }, 'the header x-token-source is missing'],
    ['a value of a header', { headers: { ...token.headers, 'x-token-source': 'luck' } }, 'x-token-source: '],
    ['a type', { body: { ...(token.body as object), expires_in: '1' } }, '200: /expires_in must be integer'],
    ['a missing field', { body: { token_type: 'Bearer' } }, "200: must have required property 'access_token'"],
    [
      'a retry-after that is no number',
      { ...throttled, headers: { ...noStore, 'retry-after': 'soon' } },
      'retry-after: ',
    ],
    ['an error', { ...throttled, body: { error: 'busy', error_description: 'Later.' } }, '503: /error must be'],
    ['a field of an error', { ...throttled, body: { ...(throttled.body as object), hint: 'x' } }, '503: must NOT have'],
  ])('and %s that it does not name is noticed', (_what, change, mistake) => {
    expect(undocumentedIn({ ...token, ...change })).toEqual([expect.stringContaining(mistake)]);
  });
});

/** Every `status error` of an operation. */
function errorsOf(path: string): string[] {
  const responses = Object.values(openApi.paths[path] ?? {})[0]?.responses ?? {};
  return Object.entries(responses).flatMap(([status, { $ref = '' }]) => {
    const schema =
      openApi.components['responses']?.[$ref.split('/').at(-1) ?? '']?.content?.['application/json']?.schema;
    const { const: only, enum: several } = (schema as ErrorSchema).properties?.error ?? {};
    return [only, ...(several ?? [])].filter((error) => error !== undefined).map((error) => `${status} ${error}`);
  });
}

interface ErrorSchema {
  readonly properties?: { readonly error?: { readonly const?: string; readonly enum?: readonly string[] } };
}

describe('docs/openapi.yaml', () => {
  test('refers to nothing that it does not have', async () => {
    const text = await readFile(join(root, 'docs/openapi.yaml'), 'utf8');
    const missing = [...text.matchAll(/#\/components\/(\w+)\/(\w+)/g)].filter(
      ([, kind = '', name = '']) => openApi.components[kind]?.[name] === undefined,
    );
    expect(missing).toEqual([]);
  });

  test('has every error with which API Gateway answers by itself', () => {
    const documented = new Set(errorsOf('/tokens/{provider}').map((pair) => pair.split(' ')[1]));
    expect(Object.values(gatewayAnswers).filter(({ error }) => !documented.has(error))).toEqual([]);
  });
});

/** The first column of a table, by the heading of the table, as far as it is code; a row may name several. */
function rowsOf(heading: string): string[][] {
  const [, table = ''] = new RegExp(`^\\| ${heading} \\|.*\\n\\|[-|: ]+\\n((?:\\|.*\\n)+)`, 'm').exec(callers) ?? [];
  return table
    .trim()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()));
}

const codesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

describe('docs/callers.md', () => {
  test('has the fields of the request', () => {
    const { properties } = (openApi.components['schemas']?.['TokenRequest'] ?? {}) as { properties?: object };
    const ignored = ['client_id', 'client_secret'];
    const fields = Object.keys(properties ?? {}).filter((name) => !ignored.includes(name));
    expect(rowsOf('field').flatMap(([, field]) => codesIn(field))).toEqual(fields);
  });

  test.each([
    ['x-token-source', 'TokenSource'],
    ['x-token-rejection', 'TokenRejection'],
  ])('has the values of %s', (header, name) => {
    const { schema } = (openApi.components['headers']?.[name] ?? {}) as { schema?: { enum?: readonly string[] } };
    expect(rowsOf(`\`${header}\``).flatMap(([, value]) => codesIn(value))).toEqual(schema?.enum);
  });

  test('has every status and error, once', () => {
    const pairs = rowsOf('status').flatMap(([, statuses = '', errors]) =>
      statuses.split(', ').flatMap((status) => codesIn(errors).map((error) => `${status} ${error}`)),
    );
    expect(pairs.sort()).toEqual(errorsOf('/tokens/{provider}').sort());
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const text = readFileSync(join(import.meta.dirname, '../../docs/openapi.yaml'), 'utf8');

interface Documented {
  readonly $ref?: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly schema?: object;
  readonly headers?: Readonly<Record<string, Documented>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, Documented>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
}

/** `docs/openapi.yaml`. */
export const openApi = parse(text) as OpenApi;

const ajv = new Ajv2020({ allErrors: true, strict: false });
ajv.addSchema({ $id: 'openapi', ...openApi });
const validators = new Map<object, ValidateFunction>();

export interface AnswerToCheck {
  readonly method: string;
  /** Without the stage. */
  readonly path: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Headers of the connection and of HTTP itself. */
const ofTransport = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

/** @returns what an answer has that `docs/openapi.yaml` does not say, and the other way round */
export function undocumentedIn({ method, path, status, headers, body }: AnswerToCheck): string[] {
  const operation = findOperation(method, path);
  const response = resolve(operation?.responses[status]);
  if (response === undefined) return [`${status} is not documented for ${method} ${path}`];
  const documented = response.headers ?? {};
  const unknown = Object.keys(headers).filter((name) => !ofTransport.has(name) && !(name in documented));
  return [
    ...unknown.map((name) => `the header ${name} is not documented for ${status}`),
    ...Object.entries(documented).flatMap(([name, header]) => mistakesOfHeader(name, resolve(header), headers[name])),
    ...mistakesOf(response.content?.['application/json']?.schema ?? {}, body).map((mistake) => `${status}: ${mistake}`),
  ];
}

/** @throws Error that names what is not as documented */
export function assertDocumented(answer: AnswerToCheck): void {
  const mistakes = undocumentedIn(answer);
  if (mistakes.length > 0) throw new Error(`docs/openapi.yaml: ${mistakes.join('; ')}`);
}

/** A method that the resource does not have is answered as documented for the one that it has. */
function findOperation(method: string, path: string): Operation | undefined {
  const resource = path === '/health' ? '/health' : '/tokens/{provider}';
  const operations = openApi.paths[resource] ?? {};
  return operations[method.toLowerCase()] ?? Object.values(operations)[0];
}

function mistakesOfHeader(name: string, header: Documented | undefined, value: string | undefined): string[] {
  if (value === undefined) return header?.required === true ? [`the header ${name} is missing`] : [];
  const schema = header?.schema ?? {};
  // A header's value is text.
  const isNumber = 'type' in schema && schema.type === 'integer' && /^\d+$/.test(value);
  return mistakesOf(schema, isNumber ? Number(value) : value).map((mistake) => `${name}: ${mistake}`);
}

function mistakesOf(schema: object, value: unknown): string[] {
  let validate = validators.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(pointIntoDocument(schema));
    validators.set(schema, validate);
  }
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`.trim());
}

function pointIntoDocument(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object;
}

function resolve(documented: Documented | undefined): Documented | undefined {
  const [, , kind = '', name = ''] = documented?.$ref?.split('/') ?? [];
  return documented?.$ref === undefined ? documented : openApi.components[kind]?.[name];
}

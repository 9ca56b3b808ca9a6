import * as v from 'valibot';
import { FunctionError } from '../lambda/runtime-api.ts';

const proxyResultSchema = v.object({
  statusCode: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
  headers: v.optional(v.nullable(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])))),
  body: v.optional(v.nullable(v.string())),
});

export interface ProxyResult {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Reads a function's answer to a REST proxy event.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 *
 * @throws FunctionError for a malformed Lambda proxy response, as API Gateway calls it
 */
export function parseProxyResult(result: unknown): ProxyResult {
  const parsed = v.safeParse(proxyResultSchema, result);
  if (!parsed.success) throw new FunctionError('Malformed Lambda proxy response');
  const { statusCode, headers, body } = parsed.output;
  return {
    status: statusCode,
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)])),
    body: body ?? '',
  };
}

import { AwsClient } from 'aws4fetch';
import { region, rootKey } from './account.ts';

export interface Invoked {
  /** Undefined if the function succeeded. */
  readonly error: string | undefined;
  /** What it answered, as JSON text. */
  readonly result: string;
}

/** Invokes the one deployed function whose name contains `part`, and waits for it. */
export async function invokeFunction(url: string, part: string, event: object): Promise<Invoked> {
  const client = new AwsClient({ ...rootKey, service: 'lambda', region, retries: 0 });
  const functions = `${url}/2015-03-31/functions`;
  const list = (await (await client.fetch(functions)).json()) as { Functions: { FunctionName: string }[] };
  const name = list.Functions.map(({ FunctionName }) => FunctionName).find((candidate) => candidate.includes(part));
  const response = await client.fetch(`${functions}/${name}/invocations`, {
    method: 'POST',
    body: JSON.stringify(event),
  });
  const body = await response.text();
  const hasFailed = response.headers.get('x-amz-function-error') !== null || !response.ok;
  return { error: hasFailed ? body : undefined, result: body };
}

import { AwsClient } from 'aws4fetch';
import { type Caller, region } from '../local/gateway/callers.ts';

export interface VendTarget {
  /** With the stage, as in `stack.json`. */
  readonly endpoint: string;
  readonly caller: Caller;
}

/**
 * A vend, signed. The signature is good for five minutes and for any number of requests: SigV4 has no nonce.
 *
 * @param form fields as `application/x-www-form-urlencoded`; the empty form asks for the default scopes
 */
export function signVend({ endpoint, caller }: VendTarget, form = ''): Promise<Request> {
  const client = new AwsClient({ ...caller, service: 'execute-api', region, retries: 0 });
  return client.sign(`${endpoint}/tokens/prove`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form,
  });
}

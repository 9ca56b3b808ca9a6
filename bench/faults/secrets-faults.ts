import { type Proxied, respond } from './fault-proxy.ts';
import type { SecretsFault } from './script.ts';

/** What the proxy before Secrets Manager does with a request, by fault. */
export const secretsFaults: Record<SecretsFault, (proxied: Proxied) => Promise<void> | void> = {
  healthy: async ({ forward, response }) => respond(response, await forward()),
  throttled: (proxied) => fail(proxied, 400, 'ThrottlingException', 'Rate exceeded'),
  '500': (proxied) => fail(proxied, 500, 'InternalServiceError', 'An error occurred on the server side.'),
  hang: () => {},
};

function fail({ response }: Proxied, status: number, type: string, message: string): void {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type };
  respond(response, { status, headers, body: JSON.stringify({ __type: type, message }) });
}

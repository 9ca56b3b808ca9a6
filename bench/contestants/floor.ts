import { createHash, createHmac } from 'node:crypto';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { answerWith, type HeldToken, type ProxyAnswer, type VendEvent } from './peer.ts';

// The least that a cold start can cost in Node: no SDK, a hand-written signature, and the connection to the provider opens
// while the secret is read. It checks nothing, shares nothing and names no error: it is a yardstick, not a service.

let held: HeldToken | undefined;

export function handler(event: VendEvent): Promise<ProxyAnswer> {
  return answerWith(event, async () => {
    if (held !== undefined && Date.now() < held.expiresAtMs) return { token: held.token, source: 'memory' };
    const tokenRequest = open(process.env['TOKEN_URL'] ?? '', { 'content-type': 'application/x-www-form-urlencoded' });
    const secret = JSON.parse((await readSecret()).SecretString) as Record<string, string>;
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...secret });
    const { access_token, expires_in } = await finish<{ access_token: string; expires_in: number }>(
      tokenRequest,
      `${form}`,
    );
    held = { token: access_token, expiresAtMs: Date.now() + expires_in * 1000 };
    return { token: access_token, source: 'exchange' };
  });
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function readSecret(): Promise<{ readonly SecretString: string }> {
  const url = new URL(process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? '');
  const body = JSON.stringify({ SecretId: process.env['SECRET_ID'] });
  const at = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${at.slice(0, 8)}/${process.env['AWS_REGION']}/secretsmanager/aws4_request`;
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    host: url.host,
    'x-amz-date': at,
    'x-amz-target': 'secretsmanager.GetSecretValue',
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = `POST\n${url.pathname}\n\n${lines.join('')}\n${names}\n${sha256(body)}`;
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${process.env['AWS_SECRET_ACCESS_KEY']}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${sha256(canonical)}`).toString('hex');
  const credential = `${process.env['AWS_ACCESS_KEY_ID']}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return finish(open(url.href, { ...headers, authorization }), body);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function open(url: string, headers: Record<string, string>): ClientRequest {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return send(url, { method: 'POST', headers });
}

async function finish<Answer>(request: ClientRequest, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text) as Answer));
    });
    request.end(body);
  });
}

import { describe, expect, test } from '@jest/globals';
import { readEndpoint } from '../../../clients/typescript/src/endpoint.ts';

const url = 'https://abc123.execute-api.eu-west-1.amazonaws.com/v1';

describe('the endpoint', () => {
  test('is the one given, or that of the environment, without a slash at the end', () => {
    expect(readEndpoint({ endpoint: `${url}/` }, {})).toEqual({ url, region: 'eu-west-1' });
    expect(readEndpoint({}, { TOKEN_VENDING_ENDPOINT: url })).toEqual({ url, region: 'eu-west-1' });
    expect(readEndpoint({ endpoint: url }, { TOKEN_VENDING_ENDPOINT: 'https://other.example' }).url).toBe(url);
  });

  test.each([
    [url, 'eu-west-1'],
    ['https://abc123.execute-api.cn-north-1.amazonaws.com.cn/v1', 'cn-north-1'],
    ['https://abc123.execute-api.us-gov-west-1.amazonaws.com/v1', 'us-gov-west-1'],
    ['https://abc123-vpce-0a1b.execute-api.us-east-2.amazonaws.com/v1', 'us-east-2'],
    ['https://vpce-0a1b.execute-api.us-east-2.vpce.amazonaws.com/v1', 'us-east-2'],
    ['https://abc123.execute-api.eu-west-1.api.aws/v1', 'eu-west-1'],
    ['https://tokens.example.com/v1', 'from-the-environment'],
    ['https://abc123.execute-api.eu-west-1.amazonaws.com.example.com/v1', 'from-the-environment'],
    ['http://127.0.0.1:8787/v1', 'from-the-environment'],
  ])('%s is in %s', (endpoint, region) => {
    expect(readEndpoint({ endpoint }, { AWS_REGION: 'from-the-environment' }).region).toBe(region);
    expect(readEndpoint({ endpoint, region: 'given' }, {}).region).toBe('given');
  });

  test.each([
    [undefined, 'TOKEN_VENDING_ENDPOINT'],
    ['', 'TOKEN_VENDING_ENDPOINT'],
    ['canary', 'must be a URL'],
    ['http://tokens.example.com/v1', 'must be https:'],
    ['http://127.0.0.1.example.com/v1', 'must be https:'],
    ['ftp://127.0.0.1/v1', 'must be https:'],
    ['https://canary:secret@tokens.example.com/v1', 'no user'],
    ['https://tokens.example.com/v1?canary=1', 'no query'],
    ['https://tokens.example.com/v1', 'AWS_REGION'],
  ])('%s is refused, and not repeated', (endpoint, message) => {
    const read = () => readEndpoint({ endpoint }, {});
    expect(read).toThrow(TypeError);
    expect(read).toThrow(message);
    expect(read).not.toThrow('canary');
  });

  test.each(['http://localhost:1/v1', 'http://127.0.0.1:1/v1', 'http://[::1]:1/v1'])('%s is loopback', (endpoint) => {
    expect(readEndpoint({ endpoint, region: 'any' }, {}).url).toBe(endpoint);
  });
});

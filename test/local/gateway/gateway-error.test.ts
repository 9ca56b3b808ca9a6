import { expect, test } from '@jest/globals';
import { GatewayError, type GatewayErrorType } from '../../../local/gateway/gateway-error.ts';
import { synthesize } from '../../infra/support/synthesize.ts';

interface GatewayResponse {
  readonly ResponseType: string;
  readonly StatusCode?: string;
  readonly ResponseParameters: Readonly<Record<string, string>>;
  readonly ResponseTemplates: Readonly<Record<'application/json', string>>;
}

const responses = Object.values(synthesize().findResources('AWS::ApiGateway::GatewayResponse')).map(
  ({ Properties }) => Properties as GatewayResponse,
);

test.each<[GatewayErrorType, string]>([
  ['MissingAuthenticationTokenException', 'MISSING_AUTHENTICATION_TOKEN'],
  ['IncompleteSignatureException', 'DEFAULT_4XX'],
  ['UnrecognizedClientException', 'DEFAULT_4XX'],
  ['InvalidSignatureException', 'INVALID_SIGNATURE'],
  ['AccessDeniedException', 'ACCESS_DENIED'],
  ['TooManyRequestsException', 'THROTTLED'],
  ['RequestTooLargeException', 'REQUEST_TOO_LARGE'],
  ['InternalServerErrorException', 'DEFAULT_5XX'],
])('%s is answered byte for byte as the deployed API answers %s', (errorType, responseType) => {
  const message = 'what AWS says, with "quotes"';
  const { headers, body } = new GatewayError(errorType, message).answer;
  const deployed = responses.find(({ ResponseType }) => ResponseType === responseType);
  const template = deployed?.ResponseTemplates['application/json'] ?? '';
  expect(body).toBe(template.replace('$context.error.messageString', JSON.stringify(message)));
  const deployedHeaders = Object.entries(deployed?.ResponseParameters ?? {}).map(([name, value]) => [
    name.replace('gatewayresponse.header.', ''),
    value.slice(1, -1),
  ]);
  expect(headers).toEqual({
    'content-type': 'application/json',
    'x-amzn-errortype': errorType,
    ...Object.fromEntries(deployedHeaders),
  });
  expect(deployed?.StatusCode).toBeUndefined();
});

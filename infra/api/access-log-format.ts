import { AccessLogFormat, AccessLogField as Field } from 'aws-cdk-lib/aws-apigateway';

/**
 * One line of JSON a request, refused ones included: who asked for what, and what came of it. `requestId` is the one in
 * the function's own log line. `$context.error.message` is left out on purpose: when a signature does not fit, API
 * Gateway puts the canonical request there, with the caller's session token.
 */
export const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    time: Field.contextRequestTime(),
    requestId: Field.contextRequestId(),
    callerArn: Field.contextIdentityUserArn(),
    callerAccount: Field.contextIdentityAccountId(),
    sourceIp: Field.contextIdentitySourceIp(),
    method: Field.contextHttpMethod(),
    path: Field.contextPath(),
    resource: Field.contextResourcePath(),
    status: Field.contextStatus(),
    error: Field.contextErrorResponseType(),
    milliseconds: Field.contextResponseLatency(),
    functionMilliseconds: Field.contextIntegrationLatency(),
    responseBytes: Field.contextResponseLength(),
  }),
);

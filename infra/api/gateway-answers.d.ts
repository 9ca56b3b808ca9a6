/**
 * API Gateway's own answers, by response type. The local gateway answers from the same table, byte for byte. OAuth clients read
 * `error` (RFC 6749 §5.2); `message` is AWS's own, which people search for.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export declare const gatewayAnswers: {
    readonly MISSING_AUTHENTICATION_TOKEN: {
        readonly error: 'invalid_client';
        readonly description: 'The request is not signed with AWS Signature Version 4, or the path does not exist.';
    };
    readonly INVALID_SIGNATURE: {
        readonly error: 'invalid_client';
        readonly description: 'The signature is wrong or too old, or the access key is not valid.';
    };
    readonly EXPIRED_TOKEN: {
        readonly error: 'invalid_client';
        readonly description: 'The AWS credentials that signed the request have expired.';
    };
    readonly ACCESS_DENIED: {
        readonly error: 'unauthorized_client';
        readonly description: 'No IAM policy of the caller allows this request, or a policy denies it.';
    };
    readonly WAF_FILTERED: {
        readonly error: 'unauthorized_client';
        readonly description: 'The web application firewall refused the request.';
    };
    readonly THROTTLED: {
        readonly error: 'temporarily_unavailable';
        readonly description: 'Too many requests. Try again after a second.';
        readonly retryAfterSeconds: 1;
    };
    readonly BAD_REQUEST_BODY: {
        readonly error: 'invalid_request';
        readonly description: 'The body is malformed.';
    };
    readonly BAD_REQUEST_PARAMETERS: {
        readonly error: 'invalid_request';
        readonly description: 'The request is malformed.';
    };
    readonly REQUEST_TOO_LARGE: {
        readonly error: 'invalid_request';
        readonly description: 'The request is too large.';
    };
    readonly RESOURCE_NOT_FOUND: {
        readonly error: 'invalid_request';
        readonly description: 'The path does not exist.';
    };
    readonly UNSUPPORTED_MEDIA_TYPE: {
        readonly error: 'invalid_request';
        readonly description: 'The body must be a form.';
    };
    readonly DEFAULT_4XX: {
        readonly error: 'invalid_client';
        readonly description: 'API Gateway refused the request before it reached the service.';
    };
    readonly DEFAULT_5XX: {
        readonly error: 'server_error';
        readonly description: 'The service failed to answer. Its log has the reason.';
    };
};
export type GatewayAnswerType = keyof typeof gatewayAnswers;
/** @param message JSON text of AWS's own message: a quoted string, or the variable that API Gateway replaces with one */
export declare function gatewayAnswerBody(type: GatewayAnswerType, message: string): string;
/** Besides `content-type: application/json`. */
export declare function gatewayAnswerHeaders(type: GatewayAnswerType): Readonly<Record<string, string>>;

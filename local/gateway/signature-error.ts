/** API Gateway's own words for what is wrong, and the value of its `x-amzn-errortype` header. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

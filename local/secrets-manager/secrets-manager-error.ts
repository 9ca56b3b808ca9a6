/** One of Secrets Manager's own exceptions; `name` is its type on the wire. */
export class SecretsManagerError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export function invalidRequest(message: string): SecretsManagerError {
  return new SecretsManagerError('InvalidRequestException', message);
}

export function invalidParameter(message: string): SecretsManagerError {
  return new SecretsManagerError('InvalidParameterException', message);
}

export function secretNotFound(): SecretsManagerError {
  return new SecretsManagerError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

/** @param what for example `VersionId: 1234` */
export function valueNotFound(what: string): SecretsManagerError {
  const message = `Secrets Manager can't find the specified secret value for ${what}`;
  return new SecretsManagerError('ResourceNotFoundException', message);
}

export function accessDenied(arn: string, operation: string): SecretsManagerError {
  const action = `secretsmanager:${operation}`;
  const message = `User: ${arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
  return new SecretsManagerError('AccessDeniedException', message);
}

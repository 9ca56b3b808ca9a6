/** A staging label: each is on at most one version of a secret at a time. */
export type SecretStage = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

import type { ParsedEnvironment } from './environment.ts';

/** What does not fit within one environment. */
export function findReplicationMistakes(environment: ParsedEnvironment): string[] {
  const { name, region, replicaRegions, replicaOf, secretAdministratorArns } = environment;
  const mistakes: string[] = [];
  if (region !== undefined && replicaRegions.includes(region)) {
    mistakes.push(`${name}.replicaRegions names the environment's own region, ${region}`);
  }
  if (replicaOf === undefined) return mistakes;
  if (replicaRegions.length > 0) mistakes.push(`${name} takes either replicaRegions or replicaOf`);
  if (secretAdministratorArns.length > 0) {
    mistakes.push(
      `${name}.secretAdministratorArns belongs to ${replicaOf}: its secrets' policies are replicated with them`,
    );
  }
  return mistakes;
}

/**
 * What does not fit between environments that share replicated secrets. A construct in another app sees only its own.
 *
 * @returns a line per mistake
 */
export function findReplicaMistakes(environments: ReadonlyMap<string, ParsedEnvironment>): string[] {
  const replicas = [...environments.values()].filter(({ replicaOf }) => replicaOf !== undefined);
  return replicas.flatMap((replica) => {
    const primary = environments.get(replica.replicaOf ?? '');
    if (primary === undefined) return [`${replica.name}.replicaOf names ${replica.replicaOf}, which is no environment`];
    return [...misplaced(replica, primary), ...unknownSecrets(replica, primary), ...twins(replica, replicas)];
  });
}

function misplaced({ name, account, region }: ParsedEnvironment, primary: ParsedEnvironment): string[] {
  const mistakes: string[] = [];
  if (region === undefined || !primary.replicaRegions.includes(region)) {
    mistakes.push(`${name}.region must be one of ${primary.name}.replicaRegions`);
  }
  if (account !== primary.account) mistakes.push(`${name}.account must be that of ${primary.name}`);
  return mistakes;
}

function unknownSecrets({ name, providers }: ParsedEnvironment, primary: ParsedEnvironment): string[] {
  return [...providers].flatMap(([provider, { existingSecret }]) => {
    const other = primary.providers.get(provider);
    if (existingSecret !== undefined || (other !== undefined && other.existingSecret === undefined)) return [];
    return [`${name}.providers.${provider}: ${primary.name} makes no secret for it`];
  });
}

function twins({ name, region, replicaOf }: ParsedEnvironment, replicas: readonly ParsedEnvironment[]): string[] {
  const first = replicas.find((other) => other.replicaOf === replicaOf && other.region === region);
  if (first === undefined || first.name === name) return [];
  return [`${name}.replicaOf: ${first.name} already uses the replicas of ${replicaOf} in ${region}`];
}

import { Logger } from '@aws-lambda-powertools/logger';
import { answerWith, type ProxyAnswer, type VendEvent } from './peer.ts';
import { obtainToken } from './powertools.ts';

const logger = new Logger({ serviceName: 'bench' });

/** Powertools' own Logger writes the audit line, as its users would have it. */
export function handler(event: VendEvent): Promise<ProxyAnswer> {
  return answerWith(event, obtainToken, (fields) => logger.info('vend', fields));
}

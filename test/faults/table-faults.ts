import { refuseAsTable, type TableScript } from '../support/faulty-table.ts';

/** A fault of the token table for which an instance goes on without it. */
export interface TableFault {
  readonly name: string;
  readonly script: TableScript;
  /** In the log. */
  readonly errorName: string;
}

export const tableFaults: readonly TableFault[] = [
  { name: 'no answer', script: () => {}, errorName: 'TimeoutError' },
  {
    name: 'an answer after 3 s',
    script: async (_response, forward) => {
      await new Promise((resolve) => setTimeout(resolve, 3_000).unref());
      await forward().catch(() => {});
    },
    errorName: 'TimeoutError',
  },
  { name: 'connection reset', script: (response) => void response.destroy(), errorName: 'HttpError' },
  {
    name: 'throttling',
    script: refuseAsTable(400, 'ProvisionedThroughputExceededException'),
    errorName: 'ProvisionedThroughputExceededException',
  },
  { name: '500', script: refuseAsTable(500, 'InternalServerError'), errorName: 'InternalServerError' },
  { name: 'access denied', script: refuseAsTable(400, 'AccessDeniedException'), errorName: 'AccessDeniedException' },
  {
    name: 'table missing',
    script: refuseAsTable(400, 'ResourceNotFoundException'),
    errorName: 'ResourceNotFoundException',
  },
];

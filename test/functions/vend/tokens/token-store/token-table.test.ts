import { startTableServer } from '../../../../../local/token-table/table-server.ts';
import { describeTokenTable } from './table-conformance.ts';

describeTokenTable('dynalite', startTableServer);

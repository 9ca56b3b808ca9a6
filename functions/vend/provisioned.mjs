// biome-ignore lint/correctness/useImportExtensions: what lies beside this file in Lambda is the bundle
import { handler, preload } from './index.js';

// What Lambda runs where instances are kept warm: only an ES module can make Lambda wait for something before the instance
// counts as ready. An instance that is started for a request all the same leaves everything to that request.
if (process.env.AWS_LAMBDA_INITIALIZATION_TYPE === 'provisioned-concurrency') await preload();

export { handler };

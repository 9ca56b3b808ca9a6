import { createRequire } from 'node:module';
import { join } from 'node:path';
import { App, CfnOutput, CliCredentialsStackSynthesizer, type IReusableStackSynthesizer, Stack } from 'aws-cdk-lib';
import { User } from 'aws-cdk-lib/aws-iam';
import { leaveOutMissing } from './missing-in-ministack.ts';

/**
 * Two apps that have installed the package into PACKAGE_FOLDER: APP is `platform`, whose stack holds the construct, or `orders`,
 * which only knows the environment's name. TOKEN_URL is Prove's token server on this machine.
 */
const { APP, PACKAGE_FOLDER = '', TOKEN_URL = '' } = process.env;
const requirePackage = createRequire(join(PACKAGE_FOLDER, 'app.js'));
const { prove, TokenVending }: typeof import('../../infra/package/index.ts') = requirePackage('token-vending-cdk');

const app = new App({ defaultStackSynthesizer: new CliCredentialsStackSynthesizer() as IReusableStackSynthesizer });
if (APP === 'platform') {
  const stack = new Stack(app, 'Platform');
  const { endpoint } = new TokenVending(stack, 'TokenVending', {
    environmentName: 'packaged',
    providers: {
      prove: prove({ server: 'uat-us', tokenUrl: TOKEN_URL }),
      other: prove({ server: 'uat-us', tokenUrl: TOKEN_URL }),
    },
    alarms: 'none',
    logRetentionDays: 1,
    removal: 'destroy',
    allowLoopback: true,
  });
  leaveOutMissing(stack);
  new CfnOutput(stack, 'Endpoint', { value: endpoint });
} else {
  const stack = new Stack(app, 'Orders');
  const vending = TokenVending.fromEnvironment(stack, 'packaged');
  vending.grantVend(new User(stack, 'Caller', { userName: 'orders' }), 'prove');
  new CfnOutput(stack, 'Endpoint', { value: vending.endpoint });
}
app.synth();

import { environments } from '../environments.ts';
import { EnvironmentsError } from '../settings/parse-environments.ts';
import { ContextError, createGitHubApp } from './create-github-app.ts';

try {
  createGitHubApp(environments).synth();
} catch (error) {
  if (!(error instanceof ContextError || error instanceof EnvironmentsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

import { runCommand } from './run-command.ts';

/** `gojq` is what `gh --jq` runs. */
const tools = ['github.com/rhysd/actionlint/cmd/actionlint@v1.7.12', 'github.com/itchyny/gojq/cmd/gojq@v0.12.17'];

/**
 * Builds the programs that check workflows into a folder. Go keeps what it has built.
 *
 * @throws Error that says what to install if there is no Go
 */
export async function prepareGoTools(bin: string): Promise<void> {
  for (const tool of tools) {
    await runCommand('go', ['install', tool], { env: { ...process.env, GOBIN: bin } }).catch((error: Error) => {
      throw new Error(`The workflow tests need Go 1.24 or newer as go on the PATH, for ${tool}.\n${error.message}`);
    });
  }
}

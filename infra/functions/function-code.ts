import { cpSync } from 'node:fs';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { writeSettings } from '../bundling.ts';
import type { ParsedProvider } from '../settings/parse-provider-entries.ts';

/**
 * A bundle with the environment's settings file beside it. Both are part of the asset's hash, so a changed setting
 * publishes a new version of the function, as changed code does.
 */
export function functionCode(bundleDirectory: string, providers: ReadonlyMap<string, ParsedProvider>): Code {
  const settings = {
    providers: Object.fromEntries([...providers].map(([name, provider]) => [name, provider.settings])),
  };
  return Code.fromAsset(bundleDirectory, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // CDK demands an image, and uses it only where `local` declines.
      image: DockerImage.fromRegistry('unused'),
      local: {
        tryBundle(outputDirectory) {
          cpSync(bundleDirectory, outputDirectory, { recursive: true });
          writeSettings(outputDirectory, settings);
          return true;
        },
      },
    },
  });
}

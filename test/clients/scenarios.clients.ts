import { findMissingTools, isLanguage, languages } from './languages.ts';
import { playScenarios } from './play-scenarios.ts';

// npm run test:clients: every client whose toolchain is here. In CI all of them have to be.
const wanted = process.env['CLIENTS']?.split(',').filter(isLanguage) ?? languages;
const missing = findMissingTools(wanted);
if (missing.length > 0) {
  const list = missing.map(({ language, tool }) => `  ${language}: ${tool}`).join('\n');
  const message = `These clients cannot be tried here; what is missing:\n${list}\n`;
  if (process.env['CI'] !== undefined) throw new Error(message);
  process.stderr.write(message);
}
playScenarios(wanted.filter((language) => missing.every((each) => each.language !== language)));

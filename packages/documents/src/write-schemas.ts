import { fileURLToPath } from 'node:url';
import { publishFile } from '@wavetune/core';
import { jsonSchemaFiles } from './json-schemas.ts';

for (const { file, text } of jsonSchemaFiles()) {
  await publishFile(fileURLToPath(new URL(`../schemas/${file}`, import.meta.url)), [text]);
}

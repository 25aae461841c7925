import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { encodeWaveSpec } from '../src/index.ts';
import { jsonSchemaFiles } from '../src/json-schemas.ts';
import { sampleSpec } from './sample-spec.ts';

const committed = (file: string) =>
  readFileSync(new URL(`../schemas/${file}`, import.meta.url), 'utf8');

describe('the committed JSON Schemas', () => {
  it.each(jsonSchemaFiles())(
    '$file is current (pnpm --filter @wavetune/documents schemas)',
    (schema) => {
      expect(committed(schema.file)).toBe(schema.text);
    },
  );

  it('accept a written document and refuse an unknown key', () => {
    const validate = new Ajv2020().compile(JSON.parse(committed('wavespec.schema.json')));
    const document = JSON.parse([...encodeWaveSpec(sampleSpec(3, 2))].join(''));
    expect(validate(document)).toBe(true);
    expect(validate({ ...document, note: 1 })).toBe(false);
    expect(validate({ ...document, pack_order: [1] })).toBe(false);
  });
});

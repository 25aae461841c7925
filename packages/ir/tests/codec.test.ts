import { isWavetuneError } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePlan, encodePlan, lit, type Plan, project, scan, U64 } from '../src/index.ts';
import { codeOf } from './support/code-of.ts';
import { generatePlan } from './support/generate-plan.ts';

const largest = project(
  scan({
    format: 'values',
    columns: [{ name: 'id', type: U64 }],
    rows: [['18446744073709551615']],
  }),
  { same: lit(2n ** 64n - 1n, U64) },
);

describe('encodePlan', () => {
  it('writes the version, and numbers as text', () => {
    expect(encodePlan(largest)).toBe(
      '{"plan":{"columns":[{"expr":{"kind":"lit","type":{"kind":"u64"},"value":"18446744073709551615"},' +
        '"kind":"named","name":"same"}],"input":{"kind":"scan","source":{"columns":[{"name":"id","type":' +
        '{"kind":"u64"}}],"format":"values","rows":[["18446744073709551615"]]}},"kind":"project"},"schema":"ir/1"}',
    );
  });
});

describe('decodePlan', () => {
  it('gives back every plan that was encoded', () => {
    fc.assert(
      fc.property(fc.gen(), fc.nat({ max: 6 }), (g, depth) => {
        const plan = generatePlan(g, depth);
        expect(decodePlan(encodePlan(plan))).toEqual(plan);
      }),
    );
  });

  it('refuses what is not JSON, not a plan, of another version, or no valid plan', () => {
    const text = encodePlan(largest);
    expect(codeOf(() => decodePlan('{'))).toBe('ir.bad-document');
    expect(codeOf(() => decodePlan('[]'))).toBe('ir.bad-document');
    expect(codeOf(() => decodePlan(text.replace('ir/1', 'ir/2')))).toBe('ir.unknown-version');
    expect(codeOf(() => decodePlan(text.replace('"named"', '"renamed"')))).toBe('ir.bad-document');
    expect(codeOf(() => decodePlan(text.replace('"same"}', '"same","extra":1}')))).toBe(
      'ir.bad-document',
    );
    expect(codeOf(() => decodePlan(text.replace('709551615', '709551616')))).toBe('ir.bad-literal');
  });

  it('says where the document is wrong', () => {
    const broken = encodePlan(largest).replace('"same"', '7');
    expect(() => decodePlan(broken)).toThrow(/at \$\.plan\.columns\[0\]\.name/);
  });

  it('refuses nesting of 10,000 by code, without a stack overflow', () => {
    const open = '{"kind":"limit","count":1,"offset":0,"input":'.repeat(10_000);
    const text = `{"schema":"ir/1","plan":${open}null${'}'.repeat(10_000)}}`;
    expect(codeOf(() => decodePlan(text))).toBe('ir.too-deep');
  });

  it('never fails without a code', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          decodePlan(text);
        } catch (error) {
          expect(isWavetuneError(error)).toBe(true);
        }
      }),
    );
    const alien = { kind: 'scan', source: { format: 'lines', files: [7] } } as unknown as Plan;
    expect(codeOf(() => decodePlan(JSON.stringify({ schema: 'ir/1', plan: alien })))).toBe(
      'ir.bad-document',
    );
  });
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeWaveSpec, encodeWaveSpec, isWaveSpec, WAVE_TILES } from '../src/index.ts';
import { type MutableSpec, sampleSpec, sampleWave, specs } from './sample-spec.ts';
import { hasSharedData, readShared } from './shared-data.ts';

const textOf = (spec: Parameters<typeof encodeWaveSpec>[0]) => [...encodeWaveSpec(spec)].join('');
const broken = (change: (spec: MutableSpec) => void) => {
  const spec = structuredClone(sampleSpec(2, 2));
  change(spec);
  return () => encodeWaveSpec(spec);
};
const invalid = (path: string) =>
  expect.objectContaining({
    code: 'documents.invalid',
    details: expect.objectContaining({
      issues: expect.arrayContaining([expect.objectContaining({ path })]),
    }),
  });

describe('encodeWaveSpec and decodeWaveSpec', () => {
  it('are inverse, and equal documents give equal bytes', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const text = textOf(spec);
        expect(decodeWaveSpec(text)).toEqual(spec);
        expect(textOf(decodeWaveSpec(text))).toBe(text);
      }),
      { numRuns: 30 },
    );
  });

  it('refuse an unknown version, and name the known one', () => {
    const text = textOf(sampleSpec(1, 1)).replace('wavespec/1', 'wavespec/2');
    expect(() => decodeWaveSpec(text)).toThrow(
      expect.objectContaining({
        code: 'documents.unknown-version',
        details: { found: '"wavespec/2"', known: ['wavespec/1'] },
      }),
    );
    expect(() => decodeWaveSpec('[]')).toThrow(/"schema" is missing/);
    expect(() => decodeWaveSpec('{')).toThrow(
      expect.objectContaining({ code: 'documents.not-json' }),
    );
  });

  it('refuse unknown keys, at every depth', () => {
    const withKey = (path: 'waves' | 'cohorts') =>
      broken((spec) => Object.assign(spec[path][0], { note: 1 }));
    expect(withKey('waves')).toThrow(invalid('$.waves[0]'));
    expect(withKey('cohorts')).toThrow(invalid('$.cohorts[0]'));
  });

  it('show five issues and count the rest', () => {
    const many = broken((spec) => {
      spec.pack_order = Array.from({ length: 9 }, () => 1) as unknown as string[];
    });
    expect(many).toThrow(/; and 4 more$/);
  });
});

describe('the waves of a wavespec', () => {
  it('carry one of the consumer’s tiles, whose K step is a multiple of 32 bytes for every dtype', () => {
    for (const { bk } of WAVE_TILES) {
      for (const dtypeBytes of [1, 2, 4]) expect((bk * dtypeBytes) % 32).toBe(0);
    }
    expect(
      broken((spec) => {
        spec.waves[0].bn = 64;
      }),
    ).toThrow(invalid('$.waves[0]'));
  });

  it('have 0 ≤ begin < end', () => {
    for (const window of [
      [2, 2],
      [-1, 3],
      [3, 2],
    ] as const) {
      expect(
        broken((spec) => {
          spec.waves[0].swap_window = [...window];
        }),
      ).toThrow(expect.objectContaining({ code: 'documents.invalid' }));
    }
  });

  it('keep page and request ids within int32', () => {
    expect(
      broken((spec) => {
        spec.waves[0].io_extents = [['0', 0, 2 ** 31]];
      }),
    ).toThrow(invalid('$.waves[0].io_extents[0][2]'));
    expect(
      broken((spec) => {
        spec.waves[0].pack_order = [2 ** 31];
      }),
    ).toThrow(invalid('$.waves[0].pack_order[0]'));
  });
});

describe('the laws across a wavespec', () => {
  it.each<[string, (spec: MutableSpec) => void]>([
    ['$.meta.kept.blocks', (spec) => spec.pack_order.pop()],
    ['$.meta.wave_windows', (spec) => spec.waves.push(sampleWave(0, 2))],
    ['$.cohorts[1].saved_tokens', (spec) => Object.assign(spec.cohorts[1], { saved_tokens: 99 })],
    ['$.cohorts[1].prefix', (spec) => Object.assign(spec.cohorts[1], { prefix: '7' })],
    ['$.cohorts[1].npages', (spec) => Object.assign(spec.cohorts[1], { start_page: 3 })],
    ['$.cohorts[0].start_page', (spec) => Object.assign(spec.cohorts[0], { npages: 0 })],
    ['$.extents[0].npages', (spec) => Object.assign(spec.extents[0], { npages: 0 })],
    ['$.pins.bytes', (spec) => Object.assign(spec.pins ?? {}, { budget_bytes: 1 })],
    ['$.pins.saved_tokens', (spec) => Object.assign(spec.pins ?? {}, { bound_saved_tokens: 1 })],
  ])('are checked: %s', (path, change) => {
    expect(broken(change)).toThrow(invalid(path));
  });
});

describe('the datajax document', () => {
  it.skipIf(!hasSharedData)('keeps every field of the original, value for value', () => {
    const original = JSON.parse(readShared('golden/datajax/wavespec_prefix4_page20.json'));
    const text = textOf({ schema: 'wavespec/1', ...original });
    const { schema, ...rest } = JSON.parse(text);
    expect(rest).toEqual(original);
    expect(isWaveSpec(decodeWaveSpec(text))).toBe(false);
  });
});

describe.skipIf(!hasSharedData)('the consumer’s own example of a wave', () => {
  it('is accepted as it is', () => {
    const { waves } = JSON.parse(readShared('golden/consumers/good_wave.json'));
    const spec = { ...sampleSpec(4, 2), waves };
    expect(JSON.parse(textOf(spec)).waves).toEqual(waves);
  });
});

it('the version in the schema file is the one that is written', () => {
  const url = new URL('../schemas/wavespec.schema.json', import.meta.url);
  expect(readFileSync(url, 'utf8')).toContain('"const": "wavespec/1"');
});

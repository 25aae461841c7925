import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cachePlanSchema } from '../src/export/bstack.ts';
import { getPlanSchema } from '../src/export/get-plan.ts';
import { protoWaveSchema } from '../src/export/proto-json.ts';
import { EXPORT_DEFAULTS, EXPORT_FORMATS, type WaveSpec } from '../src/index.ts';
import { sampleSpec, specs } from './sample-spec.ts';
import { hasSharedData, readShared } from './shared-data.ts';

function written(name: string, spec: WaveSpec) {
  const format = EXPORT_FORMATS.find((each) => each.name === name);
  return JSON.parse([...(format?.encode(spec, EXPORT_DEFAULTS) ?? [])].join(''));
}

/** A value's structure: keys and primitive types; an array stands for its first element. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]));
}

describe('json', () => {
  it('is the document itself', () => {
    expect(written('json', sampleSpec(2, 2))).toEqual(sampleSpec(2, 2));
  });
});

describe('proto-json', () => {
  it('names what the wave holds by position', () => {
    const [wave] = written('proto-json', sampleSpec(2, 2)).waves;
    expect(protoWaveSchema.parse(wave)).toEqual(wave);
    expect(wave).toMatchObject({
      tile_order: [
        { m: 0, n: 0 },
        { m: 0, n: 1 },
      ],
      cluster_shape: { x: 2, y: 1 },
      io_extents: [{ layer: '0', start_pid: 0, end_pid: 3 }],
      swap_begin: 1,
      swap_end: 3,
    });
  });
});

describe('get-plan', () => {
  it('asks for the pages of each cohort, once', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const plan = getPlanSchema.parse(written('get-plan', spec));
        const pages = plan.requests.flatMap(({ page_start, page_end }) =>
          Array.from({ length: page_end - page_start + 1 }, (_, i) => page_start + i),
        );
        expect(pages.sort((a, b) => a - b)).toEqual(spec.pack_order.map((_, page) => page));
      }),
      { numRuns: 20 },
    );
  });

  it('sets deadlines by the order of the document at full bandwidth', () => {
    const spec = sampleSpec(2, 64);
    const { requests, heat, tier_caps } = written('get-plan', spec);
    // 64 pages of 2 MiB at 32 GB/s take 4.2 ms.
    expect(requests[0]).toMatchObject({ deadline_ms: 1001 + 5, est_fill_ms: 5, page_end: 63 });
    expect(requests[1]).toMatchObject({ deadline_ms: 1001 + 9, page_start: 64, page_end: 127 });
    expect(heat[1]).toEqual({ layer: 0, page_id: 64, decay_hits: 2, tenant_weight: 1 });
    expect(tier_caps).toEqual([{ tier: 1, bandwidth_caps: 640_000_000, free_bytes: 2 ** 40 }]);
  });

  it.skipIf(!hasSharedData)('has the keys and types of a payload that the planner accepted', () => {
    const golden = JSON.parse(readShared('golden/consumers/get_plan.json'));
    expect(getPlanSchema.parse(golden)).toEqual(golden);
    const { knobs, ...plan } = written('get-plan', sampleSpec(2, 2));
    const { knobs: goldenKnobs, ...goldenPlan } = golden;
    expect(shapeOf(plan)).toEqual(shapeOf(goldenPlan));
    expect(knobs).toMatchObject(goldenKnobs);
  });
});

describe('bstack', () => {
  it('copies each extent from storage and names its pages', () => {
    const plan = cachePlanSchema.parse(written('bstack', sampleSpec(2, 2)));
    expect(plan.ops[1]).toEqual({
      kind: 'STORAGE2H',
      src: 'tier://n0/tier0',
      dst: 'tier://n0/tier1',
      length: 2 ** 22,
      src_offset: 2 ** 22,
      dst_offset: 2 ** 22,
      kv_refs: [2, 3].map((page) => ({ tensor: 'kv', page, head: 0, layer: 0 })),
      note: 'cluster=1 fanout=2',
    });
    expect(plan.prefetch.map(({ page }) => page)).toEqual([0, 1, 2, 3]);
  });

  it.skipIf(!hasSharedData)('has the keys and types of a plan that the loader accepted', () => {
    const golden = JSON.parse(readShared('golden/consumers/cache_plan.json'));
    expect(cachePlanSchema.parse(golden)).toEqual(golden);
    expect(shapeOf(written('bstack', sampleSpec(2, 2)))).toEqual(shapeOf(golden));
  });
});

describe('every export', () => {
  it('refuses what the document lacks, by code', () => {
    const noBytes = sampleSpec(1, 1);
    noBytes.meta.page_bytes = null;
    const badLayer = sampleSpec(1, 1);
    badLayer.extents = [{ start_page: 0, npages: 1, bytes: 1, layer: 'top' }];
    const cannot = expect.objectContaining({ code: 'documents.cannot-export' });
    for (const name of ['get-plan', 'bstack']) {
      expect(() => written(name, noBytes)).toThrow(cannot);
      expect(() => written(name, badLayer)).toThrow(cannot);
    }
    const { waves, pins, ...rest } = sampleSpec(1, 1);
    for (const format of EXPORT_FORMATS.filter(({ name }) => name !== 'json')) {
      expect(() => format.encode(rest as never, EXPORT_DEFAULTS)).toThrow(cannot);
    }
  });
});

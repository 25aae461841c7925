import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { decodePlanMetrics, encodePlanMetrics, type PlanMetricsDocument } from '../src/index.ts';

const figure = (value: number) => ({ value, provenance: 'measured', estimated: 1 }) as const;

const metrics: PlanMetricsDocument = {
  schema: 'plan-metrics/1',
  meta: { generator: 'wavetune 0.1.0', inputs: [{ path: 'orders.parquet', bytes: 4096 }] },
  worldSize: 4,
  counts: { scan: 1, repartition: 1 },
  nodes: [
    {
      path: '$.input',
      kind: 'scan',
      digest: 'a1',
      inputs: [],
      moves: [],
      rows: figure(100),
      rowBytes: figure(8),
      bytes: figure(800),
      shuffleBytes: figure(0),
      columns: [{ name: 'id', bytes: 8 }],
      reads: [],
      seconds: 0.01,
      qError: { rows: 100, bytes: 800 },
    },
    {
      path: '$',
      kind: 'repartition',
      digest: 'b2',
      inputs: ['$.input'],
      moves: ['$.input'],
      rows: { value: 100, provenance: 'scaled', bounds: { low: 90, high: 120 } },
      rowBytes: figure(8),
      bytes: figure(800),
      shuffleBytes: figure(600),
      columns: [{ name: 'id', bytes: 8 }],
      reads: ['id'],
    },
  ],
  inputRows: figure(100),
  inputBytes: figure(800),
  shuffleBytes: { value: 600, provenance: 'counter' },
  columnUsage: { id: 1 },
  reuse: { value: 1, provenance: 'estimated', estimated: 1 },
  packOrder: ['id'],
  run: { seconds: 0.01, peakMemoryBytes: 1e6, spilledBytes: 0 },
  sample: { rows: 50, ofRows: 100, parts: 5, confidence: 0.95, seed: 0 },
  qError: { rows: 100, bytes: 800 },
  notes: [],
};

const text = (document: PlanMetricsDocument): string => [...encodePlanMetrics(document)].join('');

describe('plan-metrics/1', () => {
  it('comes back as it was, and equal documents are equal bytes', () => {
    expect(decodePlanMetrics(text(metrics))).toEqual(metrics);
    expect(text(decodePlanMetrics(text(metrics)))).toBe(text(metrics));
  });

  it('meets its JSON Schema, which knows no other key', () => {
    const file = new URL('../schemas/plan-metrics.schema.json', import.meta.url);
    const validate = new Ajv2020().compile(JSON.parse(readFileSync(file, 'utf8')));
    expect(validate(JSON.parse(text(metrics)))).toBe(true);
    expect(validate({ ...metrics, cost: 1 })).toBe(false);
  });

  it.each<[string, PlanMetricsDocument]>([
    ['$.nodes[0].inputs', { ...metrics, nodes: [...metrics.nodes].reverse() }],
    ['$.nodes[1].moves', { ...metrics, nodes: withNode({ moves: ['$.left'] }) }],
    ['$.nodes[1].rows.bounds', { ...metrics, nodes: withNode({ rows: outOfBounds() }) }],
    ['$.inputRows.estimated', { ...metrics, inputRows: unlikeItself() }],
    ['$.counts', { ...metrics, counts: { scan: 2, repartition: 1 } }],
    ['$.shuffleBytes', { ...metrics, worldSize: 1, shuffleBytes: figure(600) }],
    ['$.packOrder', { ...metrics, packOrder: ['id', 'id'] }],
  ])('says where a law is broken: %s', (path, document) => {
    expect(() => text(document)).toThrow(
      `documents.invalid: this is no plan-metrics/1 document: ${path}`,
    );
  });
});

function withNode(
  change: Partial<PlanMetricsDocument['nodes'][number]>,
): PlanMetricsDocument['nodes'] {
  return [metrics.nodes[0], { ...metrics.nodes[1], ...change }];
}

function outOfBounds(): PlanMetricsDocument['inputRows'] {
  return { value: 100, provenance: 'scaled', bounds: { low: 110, high: 120 } };
}

function unlikeItself(): PlanMetricsDocument['inputRows'] {
  return { value: 100, provenance: 'estimated', estimated: 1 };
}

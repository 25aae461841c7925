import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWavetuneError } from '@wavetune/core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  decodeCounters,
  estimatePlan,
  type MeasuredPlan,
  mergeObservations,
  observationsOf,
  overlayCounters,
  overlayMeasured,
  qError,
} from '../src/index.ts';
import { pipeline, tablesOf } from './sample-plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'metrics-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const estimated = estimatePlan(pipeline(), { tables: tablesOf(), worldSize: 4 });

/** Each node has `factor` times the rows that were estimated, and the widths. */
function ran(factor: number): MeasuredPlan {
  const nodes = estimated.nodes.map(({ path, rows, columns }) => ({
    path,
    rows: rows.value * factor,
    columnBytes: Object.fromEntries(
      columns.map(({ name, bytes }) => [name, bytes * rows.value * factor]),
    ),
    seconds: 0.5,
  }));
  return { nodes, run: { seconds: 1, peakMemoryBytes: 1e6, spilledBytes: 0 } };
}

describe('qError', () => {
  it('is a factor either way, and counts nothing as one', () => {
    expect([qError(10, 5), qError(5, 10), qError(0, 0), qError(0, 7), qError(7, 0)]).toEqual([
      2, 2, 1, 7, 7,
    ]);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        expect(qError(a, b)).toBe(qError(b, a));
        expect(qError(a, b)).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('overlayMeasured', () => {
  it('beats every estimate, keeps it beside, and says how far it was off', () => {
    const metrics = overlayMeasured(estimated, ran(3));
    for (const [i, node] of metrics.nodes.entries()) {
      const { rows, bytes } = estimated.nodes[i];
      expect(node.rows).toEqual({
        value: 3 * rows.value,
        provenance: 'measured',
        estimated: rows.value,
      });
      expect(node.qError?.bytes).toBeCloseTo(qError(bytes.value, 3 * bytes.value), 9);
      expect(node.seconds).toBe(0.5);
    }
    expect(metrics.shuffleBytes).toEqual({
      value: expect.closeTo(3 * estimated.shuffleBytes.value, 6),
      provenance: 'measured',
      estimated: estimated.shuffleBytes.value,
    });
    expect(metrics.qError).toEqual({ rows: expect.closeTo(3, 9), bytes: expect.closeTo(3, 9) });
    expect(metrics.run?.seconds).toBe(1);
  });

  it('refuses a run of another plan', () => {
    const { nodes, run } = ran(1);
    try {
      overlayMeasured(estimated, { nodes: nodes.slice(1), run });
      expect.unreachable();
    } catch (error) {
      expect(isWavetuneError(error, 'metrics.missing-node')).toBe(true);
    }
  });
});

describe('observationsOf', () => {
  it('teaches the estimator what the run showed', () => {
    const learned = observationsOf(pipeline(), ran(3));
    const again = estimatePlan(pipeline(), { tables: tablesOf(3000), worldSize: 4, learned });
    const [scan, filter] = again.nodes;
    expect([scan.rows.value, filter.rows.value]).toEqual([3000, 750]);
    const tenfold = estimatePlan(pipeline(), { tables: tablesOf(30_000), worldSize: 4, learned });
    expect(tenfold.nodes[1].rows.value).toBeCloseTo(7500, 6);
  });

  it('keeps what was seen on more rows, whichever comes first', () => {
    const [few, many] = [observationsOf(pipeline(), ran(1)), observationsOf(pipeline(), ran(5))];
    expect(mergeObservations(few, many)).toEqual(many);
    expect(mergeObservations(many, few)).toEqual(many);
    expect(mergeObservations(new Map(), few)).toEqual(few);
  });
});

describe('decodeCounters', () => {
  it('takes every name of a counter, inline or from a file, and passes over what it does not know', () => {
    const wanted = { inputBytes: 10, shuffleBytes: 4, occupancy: 0.5, reuse: 0.25, notes: ['n'] };
    const texts = [
      '{"bytes_moved":10,"shuffle_bytes":4,"wgmma_occupancy":0.5,"l2_reuse":0.25,"notes":["n"],"sm":1}',
      ' {"input_bytes":10,"bytes_shuffled":4,"occupancy":0.5,"cache_reuse":0.25,"notes":["n"]}',
    ];
    const path = join(folder, 'counters.json');
    writeFileSync(path, texts[0]);
    for (const source of [...texts, path]) expect(decodeCounters(source)).toEqual(wanted);
    expect(decodeCounters('{"occupancy":null}')).toEqual({ notes: [] });
  });

  it.each([
    '{"occupancy":2}',
    '{"bytes_moved":-1}',
    '{"shuffle_bytes":"4"}',
    '{"notes":"n"}',
    '{',
    'nowhere.json',
  ])('refuses %s', (source) => {
    try {
      decodeCounters(source);
      expect.unreachable();
    } catch (error) {
      expect(isWavetuneError(error, 'metrics.bad-counters')).toBe(true);
    }
  });
});

describe('overlayCounters', () => {
  it('beats what was measured, and leaves what is not counted', () => {
    const counters = decodeCounters('{"shuffle_bytes":5,"occupancy":0.5,"notes":["from a run"]}');
    const metrics = overlayCounters(overlayMeasured(estimated, ran(3)), counters);
    expect(metrics.shuffleBytes).toEqual({
      value: 5,
      provenance: 'counter',
      estimated: estimated.shuffleBytes.value,
    });
    expect(metrics.occupancy).toEqual({ value: 0.5, provenance: 'counter' });
    expect(metrics.inputBytes.provenance).toBe('measured');
    expect(metrics.reuse).toEqual(estimated.reuse);
    expect(metrics.notes).toEqual(['from a run']);
    expect(overlayMeasured(overlayCounters(estimated, counters), ran(3))).toEqual(metrics);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareLedger,
  type LedgerEntry,
  newPartitions,
  nextLedger,
} from '../src/partitions/ledger.ts';
import type { FoundPartition } from '../src/partitions/list-partitions.ts';

const found = (name: string, day: string | null): FoundPartition => ({
  name,
  path: `/logs/${name}`,
  day,
  sizeBytes: 1,
  modifiedMillis: 0,
});
const entry = (name: string, day: string | null, digest: string): LedgerEntry => ({
  name,
  day,
  digest,
  run: 'r',
});
const days = { day: '2026-11-20', firstDay: '2026-09-01' };

describe('compareLedger', () => {
  it('tells fresh, late, corrected and gone apart', () => {
    const ledger = [
      entry('a', '2026-11-18', '1'),
      entry('b', '2026-11-19', '2'),
      entry('gone', '2026-11-17', '9'),
    ];
    const onDisk = [
      found('a', '2026-11-18'),
      found('b', '2026-11-19'),
      found('late', '2026-11-18'),
      found('new', '2026-11-20'),
      found('tomorrow', '2026-11-21'),
      found('ancient', '2026-08-01'),
    ];
    const digests = new Map(onDisk.map(({ name }) => [name, name === 'b' ? 'other' : '1']));
    const change = compareLedger(ledger, onDisk, digests, days);
    expect(change.fresh.map(({ name }) => name)).toEqual(['new']);
    expect(change.late.map(({ name }) => name)).toEqual(['late']);
    expect(change.corrected.map(({ name }) => name)).toEqual(['b']);
    expect(change.gone).toEqual(['gone']);
  });

  it('finds nothing new once a run has counted what was', () => {
    const day = fc.integer({ min: 1, max: 20 }).map((d) => `2026-11-${String(d).padStart(2, '0')}`);
    const partition = fc.tuple(fc.string(), fc.option(day));
    fc.assert(
      fc.property(fc.uniqueArray(partition, { selector: ([name]) => name }), (partitions) => {
        const onDisk = partitions.map(([name, at]) => found(name, at));
        const digests = new Map(onDisk.map(({ name }) => [name, `digest of ${name}`]));
        const first = compareLedger([], onDisk, digests, days);
        const ledger = nextLedger([], first, digests, { run: 'r', firstDay: days.firstDay });
        expect(newPartitions(first).length).toBe(onDisk.length);
        expect(newPartitions(compareLedger(ledger, onDisk, digests, days))).toEqual([]);
      }),
    );
  });
});

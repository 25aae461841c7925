import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  costStaging,
  type Device,
  decideStaging,
  isStageable,
  legalStagings,
  MOVEMENT_KINDS,
  type Movement,
  plainStaging,
} from '../src/index.ts';
import { DEVICES, deviceOf, shippedConstants } from './fixtures.ts';

const constants = shippedConstants();
const h100 = deviceOf('h100');
const counters = {};

const anyMovement: fc.Arbitrary<Movement> = fc.record({
  kind: fc.constantFrom(...MOVEMENT_KINDS),
  rows: fc.integer({ min: 1, max: 100_000_000 }),
  columnBytes: fc.array(fc.double({ min: 0.125, max: 300, noNaN: true }), {
    minLength: 1,
    maxLength: 20,
  }),
  tableBytes: fc.integer({ min: 0, max: 2 ** 40 }),
});
const anyDevice = fc.constantFrom(...DEVICES).map(deviceOf);
const packOf = (rows: number): Movement => ({
  ...{ kind: 'pack', rows, tableBytes: 0 },
  columnBytes: [8, 8, 8],
});
const secondsOf = (device: Device, movement: Movement) =>
  costStaging(device, plainStaging(24), { movement, constants, counters }).seconds;

describe('costStaging', () => {
  it('takes bytes over the memory’s rate, a first latency and a tile’s start and end', () => {
    const round = { l2LatencyNanos: 200, missLatencyNanos: 800, hbmShare: 0.8, l2Share: 1 };
    const ground = {
      ...{ movement: packOf(132 * 8 * 64 * 100), counters },
      constants: { ...constants, ...round, stepClocks: 0, tileClocks: 1980 },
    };
    const policy = { blockRows: 64, blockBytes: 32, stages: 8, warps: 8 };
    const cost = costStaging(h100, policy, ground);
    // 48 bytes a row at 2,680 GB/s: 8 blocks an SM make 100 rounds of 67,584 rows, 1.2105 µs each.
    expect(cost.seconds).toBeCloseTo(1e-6 + 1e-6 + (100 * 67_584 * 48) / (0.8 * 3350e9), 12);
    expect(cost.bytesNeeded).toBeCloseTo(1e-6 * 0.8 * 3350e9, 3);
    expect(cost.bytesInFlight).toBe(67_584 * 7 * 48);
  });

  it('never beats the memory’s rate, and grows with rows, bytes and tables', () => {
    fc.assert(
      fc.property(anyDevice, anyMovement, (device, movement) => {
        const seconds = secondsOf(device, movement);
        const { rows, columnBytes, tableBytes } = movement;
        const bytes = rows * columnBytes.reduce((sum, each) => sum + each, 0);
        expect(seconds).toBeGreaterThan(bytes / device.hbmBytesPerSecond);
        const longer = { ...movement, columnBytes: [...columnBytes, 8] };
        const more = { ...movement, rows: rows * 2 };
        const wider = { ...movement, tableBytes: tableBytes * 4 };
        for (const larger of [longer, more, wider]) {
          expect(secondsOf(device, larger)).toBeGreaterThanOrEqual(seconds * (1 - 1e-12));
        }
      }),
    );
  });
});

describe('decideStaging', () => {
  it('chooses what runs and is no slower than every legal policy, and leaves the default for the margin', () => {
    fc.assert(
      fc.property(anyDevice, anyMovement, (device, movement) => {
        const ground = { movement, constants, counters };
        const { policy, candidate, baseline, gain, verdict } = decideStaging(device, ground);
        expect(isStageable(device, policy)).toBe(true);
        expect(verdict).toBe(gain >= 0.1 ? 'use' : 'keep default');
        expect(policy).toEqual(verdict === 'use' ? candidate.policy : baseline.policy);
        const staged = movement.columnBytes.reduce((sum, each) => sum + each, 0);
        for (const other of legalStagings(device, staged)) {
          const { seconds } = costStaging(device, other, ground);
          expect(candidate.seconds).toBeLessThanOrEqual(seconds * 1.002);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('has in flight what Little’s law asks for, and not a stage more', () => {
    for (const name of DEVICES) {
      const device = deviceOf(name);
      const ground = { movement: packOf(50_000_000), constants, counters };
      const { candidate } = decideStaging(device, ground);
      expect(candidate.bytesInFlight).toBeGreaterThanOrEqual(candidate.bytesNeeded * 0.99);
      const { policy } = candidate;
      const shallower = { ...policy, stages: policy.stages - 1 };
      if (shallower.stages < 2) continue;
      const less = costStaging(device, shallower, ground);
      expect(less.bytesInFlight).toBeLessThan(less.bytesNeeded);
    }
  });

  it('goes deeper where a counter says that fewer blocks were resident', () => {
    const movement = packOf(50_000_000);
    const [roomy, crowded] = [{ occupancy: 1 }, { occupancy: 0.0625 }].map(
      (measured) => decideStaging(h100, { movement, constants, counters: measured }).candidate,
    );
    const bytesOf = ({ policy }: typeof roomy) =>
      policy.blockRows * policy.blockBytes * policy.stages;
    expect(bytesOf(crowded)).toBeGreaterThan(bytesOf(roomy));
    expect(crowded.seconds).toBeGreaterThanOrEqual(roomy.seconds);
  });

  it('always leaves a baseline that cannot run', () => {
    const odd = { blockRows: 149, blockBytes: 57, stages: 2, warps: 4 };
    const baseline = { name: 'datajax', policy: odd };
    const decision = decideStaging(h100, {
      ...{ movement: packOf(1000), constants, counters },
      ...{ baseline, margin: 100 },
    });
    expect(decision).toMatchObject({ verdict: 'use', baseline: { feasible: false } });
  });

  it.each([
    [{ ...packOf(0) }, {}],
    [{ ...packOf(1), columnBytes: [] }, {}],
    [{ ...packOf(1), columnBytes: [Number.NaN] }, {}],
    [{ ...packOf(1), tableBytes: -1 }, {}],
    [packOf(1), { occupancy: 0 }],
    [packOf(1), { l2Reuse: 1.5 }],
  ])('refuses %o with %o', (movement, bad) => {
    expect(() => decideStaging(h100, { movement, constants, counters: bad })).toThrow(
      expect.objectContaining({ code: 'kernels.bad-movement' }),
    );
  });
});

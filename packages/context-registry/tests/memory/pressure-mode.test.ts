import { isWavetuneError } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkModeRules,
  MODES,
  type Mode,
  nextMode,
  DEFAULT_MODE_RULES as rules,
} from '../../src/memory/pressure-mode.ts';

function modesOf(curve: readonly number[]): readonly Mode[] {
  let mode: Mode = 'relaxed';
  return curve.map((pressure) => {
    mode = nextMode(mode, pressure, rules);
    return mode;
  });
}

describe('nextMode', () => {
  it('follows a scripted curve up at once and down only past the hysteresis', () => {
    expect(
      modesOf([
        0.5, 0.69, 0.7, 0.68, 0.66, 0.86, 0.84, 0.81, 0.93, 0.9, 0.97, 0.95, 0.94, 0.92, 0.6,
      ]),
    ).toEqual([
      'relaxed',
      'relaxed',
      'normal',
      'normal',
      'relaxed',
      'pressure',
      'pressure',
      'normal',
      'critical',
      'critical',
      'emergency',
      'emergency',
      'emergency',
      'critical',
      'relaxed',
    ]);
  });

  it('changes at most once while the pressure swings by less than the hysteresis', () => {
    const swing = fc.array(fc.double({ min: -0.0149, max: 0.0149, noNaN: true }), { minLength: 2 });
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 0.98, noNaN: true }), swing, (centre, offsets) => {
        const modes = modesOf(offsets.map((offset) => centre + offset));
        const changes = modes.filter((mode, at) => at > 0 && mode !== modes[at - 1]);
        expect(changes.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is never calmer than the pressure, and never stricter than the pressure and the hysteresis', () => {
    const pressure = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...MODES), pressure, (mode, read) => {
        const after = MODES.indexOf(nextMode(mode, read, rules));
        const calmest = rules.thresholds.filter((threshold) => read >= threshold).length;
        const strictest = rules.thresholds.filter(
          (threshold) => read >= threshold - rules.hysteresis,
        ).length;
        expect(after).toBeGreaterThanOrEqual(calmest);
        expect(after).toBeLessThanOrEqual(Math.max(calmest, strictest));
      }),
    );
  });

  it('refuses thresholds that the hysteresis spans', () => {
    const tooClose = { thresholds: [0.7, 0.85, 0.92, 0.94] as const, hysteresis: 0.03 };
    const neverRelaxed = { thresholds: [0.02, 0.85, 0.92, 0.96] as const, hysteresis: 0.03 };
    for (const refused of [tooClose, neverRelaxed]) {
      expect(() => checkModeRules(refused)).toThrow(
        expect.toSatisfy((error) => isWavetuneError(error, 'memory.bad-thresholds')),
      );
    }
  });
});

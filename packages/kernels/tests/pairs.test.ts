import { isWavetuneError } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import {
  decodeCalibration,
  encodeCalibration,
  evaluatePairs,
  fitCalibrationTask,
  type MeasuredPair,
  parsePairs,
  preparePairs,
  selectPairs,
  startConstants,
} from '../src/index.ts';
import { deviceOf, sharedText, shippedCalibration, shippedConstants } from './fixtures.ts';

const HEADER =
  'dev,dtype,M,hidden,inter,topk,experts,tp,ep,dist,E,N,va,src_a,BMa,BNa,BKa,Ga,Wa,Sa,ms_a,vb,src_b,BMb,BNb,BKb,Gb,Wb,Sb,ms_b';
const ROW =
  'h200,bfloat16,384,7168,2048,8,384,2,1,power_law_1.01,384,1024,0.14.0,default,16,32,64,1,4,3,3.74779,0.19.0,default,64,128,64,1,8,3,3.38984';
const h200 = deviceOf('h200');
const coded = (code: string) => expect.toSatisfy((error) => isWavetuneError(error, code));

describe('parsePairs', () => {
  it('reads a row, whatever ends its line', () => {
    const [pair] = parsePairs(`${HEADER}\r\n${ROW}\r\n`);
    expect(pair.problem).toMatchObject({
      dtype: 'bf16',
      m: 384,
      hidden: 7168,
      width: 1024,
      topK: 8,
    });
    expect([pair.before.blockM, pair.after.blockM]).toEqual([16, 64]);
    expect(pair.afterMillis).toBe(3.38984);
  });

  it('names the line of a time that is no number, and a column that is missing', () => {
    expect(() => parsePairs(`${HEADER}\n${ROW}\n${ROW.replace('3.38984', 'NaN')}`)).toThrow(
      /line 3/,
    );
    expect(() => parsePairs(`dev,dtype\nh200,fp8`)).toThrow(coded('kernels.bad-pairs'));
  });
});

describe('evaluatePairs', () => {
  it('regrets what the better choice would have saved', () => {
    const slow = ROW.replace('3.74779', '1.69492');
    const prepared = preparePairs(parsePairs(`${HEADER}\n${ROW}\n${slow}`), () => h200);
    const verdict = evaluatePairs(prepared, startConstants(), { margin: 1e9 });
    // Never left: the first row is right, the second twice as slow as it could be.
    expect(verdict.regret).toBeCloseTo(Math.SQRT2 - 1, 4);
    expect(verdict.oldDefaultRegret).toBeCloseTo(Math.sqrt(3.74779 / 3.38984) - 1, 6);
    expect(verdict.harmShare).toBe(0);
  });

  it('judges only rows without expert parallelism and with two configurations', () => {
    const shared = ROW.replace(',2,1,power', ',2,4,power');
    expect(() => preparePairs(parsePairs(`${HEADER}\n${shared}`), () => h200)).toThrow(
      coded('kernels.no-pairs'),
    );
  });
});

describe('the shipped calibration', () => {
  const text = sharedText('moe_measured_pairs_h200.csv.gz');

  it('meets the bar on every model, and its judge gives the known regret of the defaults', (context) => {
    if (text === undefined) return context.skip();
    const verdict = evaluatePairs(
      preparePairs(parsePairs(text), () => h200),
      shippedConstants(),
    );
    expect(verdict.n).toBe(9501);
    expect(verdict.defaultRegret).toBeCloseTo(0.0614, 4);
    expect(verdict.oldDefaultRegret).toBeCloseTo(0.3008, 4);
    expect(verdict.regret).toBeLessThan(0.006);
    expect(verdict.harmShare).toBeLessThan(0.005);
    for (const ofModel of Object.values(verdict.byModel)) {
      expect(ofModel.regret).toBeLessThan(0.01);
      expect(ofModel.harmShare).toBeLessThan(0.02);
    }
  });

  it('is not what decides: the published orders of magnitude meet the bar before any fit', (context) => {
    if (text === undefined) return context.skip();
    const verdict = evaluatePairs(
      preparePairs(parsePairs(text), () => h200),
      startConstants(),
    );
    expect(verdict.regret).toBeLessThan(0.01);
    expect(verdict.harmShare).toBeLessThan(0.02);
  });

  it('round-trips, and decodes strictly', () => {
    const text = encodeCalibration(shippedCalibration());
    expect(encodeCalibration(decodeCalibration(text))).toBe(text);
    for (const bad of [
      '{',
      '{"schema":"calibration/2"}',
      text.replace('"l2Share": 0', '"l2Share": 9'),
    ]) {
      expect(() => decodeCalibration(bad)).toThrow(coded('kernels.bad-calibration'));
    }
  });
});

describe('fitCalibrationTask', () => {
  it('gives the same however its jobs are spread, and judges what was left out', (context) => {
    const text = sharedText('moe_measured_pairs_h200.csv.gz');
    if (text === undefined) return context.skip();
    const all = preparePairs(parsePairs(text), () => h200);
    const pairs: readonly MeasuredPair[] = selectPairs(all, (_, index) => index % 40 === 0).pairs;
    const jobs = [
      { leftOut: pairs[0].model, seed: 1 },
      { leftOut: null, seed: 1 },
    ];
    const input = { pairs, devices: { h200 }, jobs, evaluations: 60, stride: 1 };
    const whole = fitCalibrationTask.run(input);
    const parts = fitCalibrationTask.split(input, 2).map((part) => fitCalibrationTask.run(part));
    const merged = fitCalibrationTask.merge(parts[1], parts[0]);
    const sorted = fitCalibrationTask.merge(whole, []);
    expect(merged).toEqual(sorted);
    const left = merged.find((result) => result.job.leftOut !== null);
    expect(left?.verdict.n).toBe(pairs.filter((pair) => pair.model === pairs[0].model).length);
  });
});

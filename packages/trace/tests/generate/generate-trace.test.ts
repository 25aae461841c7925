import { sha256Hex } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  GENERATE_DEFAULTS,
  type GenerateOptions,
  generateTrace,
  mooncakeLines,
  WORKLOAD_NAMES,
} from '../../src/index.ts';

function optionsOf(changes: Partial<GenerateOptions>): GenerateOptions {
  return { ...GENERATE_DEFAULTS, requests: 2000, ...changes };
}

/** Requests with blocks of their own. */
function requestsOf(changes: Partial<GenerateOptions>) {
  return Array.from(generateTrace(optionsOf(changes)), (request) => ({
    ...request,
    blocks: request.blocks.slice(),
  }));
}

function bytesOf(changes: Partial<GenerateOptions>): string {
  return Buffer.concat([...mooncakeLines(generateTrace(optionsOf(changes)))]).toString();
}

const anyOptions = fc.record({
  seed: fc.nat(),
  mix: fc.constantFrom<GenerateOptions['mix']>(
    GENERATE_DEFAULTS.mix,
    ...WORKLOAD_NAMES.map((name) => ({ [name]: 1 })),
  ),
  tenants: fc.integer({ min: 1, max: 50 }),
  zipfExponent: fc.double({ min: 0, max: 3, noNaN: true }),
  blockSize: fc.constantFrom(1, 16, 100, 512),
  diurnalAmplitude: fc.constantFrom(0, 0.7, 1),
  requests: fc.integer({ min: 1, max: 120 }),
});

describe('generateTrace', () => {
  it('gives chained, dense ids, ⌈input / block⌉ of them, and times that never go back', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        const parents: number[] = [];
        let before = 0;
        for (const request of generateTrace(optionsOf(options))) {
          const { blocks, inputTokens, sharedBlocks, timeMillis } = request;
          expect(blocks.length).toBe(Math.ceil(inputTokens / options.blockSize));
          expect(sharedBlocks).toBeLessThanOrEqual(blocks.length);
          expect(timeMillis).toBeGreaterThanOrEqual(before);
          before = timeMillis;
          for (let i = 0; i < blocks.length; i++) {
            const parent = i === 0 ? -1 : blocks[i - 1];
            if (blocks[i] === parents.length) parents.push(parent);
            if (parents[blocks[i]] !== parent) throw new Error(`block ${blocks[i]}: two parents`);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same bytes for the same options, others for another seed', () => {
    const first = sha256Hex(bytesOf({ seed: 7 }));
    expect(sha256Hex(bytesOf({ seed: 7 }))).toBe(first);
    expect(sha256Hex(bytesOf({ seed: 8 }))).not.toBe(first);
  });

  it('begins alike whatever the length', () => {
    expect(bytesOf({ requests: 900 })).toBe(
      bytesOf({ requests: 1000 }).split('\n').slice(0, 900).join('\n').concat('\n'),
    );
  });

  it('ends with the request that reaches the references asked for', () => {
    const requests = requestsOf({ requests: 1_000_000, references: 5000 });
    const counts = requests.map(({ blocks }) => blocks.length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThanOrEqual(5000);
    expect(total - counts[counts.length - 1]).toBeLessThan(5000);
  });

  it('shows the system prompts: few first blocks open nearly all talks', () => {
    const requests = requestsOf({ mix: { chat: 1 }, tenants: 4, blockSize: 64 });
    const openings = new Set(requests.map(({ blocks }) => blocks[0]));
    expect(openings.size).toBeLessThanOrEqual(4 * 8);
    const share = requests.filter(({ sharedBlocks }) => sharedBlocks > 0).length / requests.length;
    expect(share).toBeGreaterThan(0.95);
  });

  it('makes what each kind of traffic is known for', () => {
    const reuse = (mix: GenerateOptions['mix']): number => {
      const requests = requestsOf({ mix });
      const blocks = requests.flatMap((request) => [...request.blocks]);
      return 1 - new Set(blocks).size / blocks.length;
    };
    expect(reuse({ agent: 1 })).toBeGreaterThan(0.85);
    expect(reuse({ chat: 1 })).toBeGreaterThan(0.5);
    expect(reuse({ rag: 1 })).toBeGreaterThan(0.3);
    expect(reuse({ 'one-shot': 1 })).toBeLessThan(0.1);
  });

  it('keeps to the mix, in requests', () => {
    const mix = { chat: 2, rag: 1, 'one-shot': 1 };
    const requests = requestsOf({ mix, requests: 20_000 });
    for (const [name, share] of Object.entries(mix)) {
      const count = requests.filter(({ workload }) => workload === name).length;
      expect(count / requests.length).toBeCloseTo(share / 4, 1);
    }
  });

  it.each([[0.6], [1], [1.4]])(
    'spreads sessions over tenants by Zipf’s law, exponent %d',
    (zipfExponent) => {
      const requests = requestsOf({ mix: { 'one-shot': 1 }, zipfExponent, requests: 30_000 });
      const counts = new Array<number>(GENERATE_DEFAULTS.tenants).fill(0);
      for (const { tenant } of requests) counts[tenant]++;
      const x = counts.map((_, rank) => Math.log(rank + 1));
      const y = counts.map((count) => Math.log(count));
      const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
      const [mx, my] = [mean(x), mean(y)];
      const slope =
        x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0) /
        x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
      expect(Math.abs(slope + zipfExponent)).toBeLessThan(0.12);
    },
  );

  it('sends at the rate asked for, more by day than by night', () => {
    const day = 86_400_000;
    const even = requestsOf({ mix: { 'one-shot': 1 }, requestsPerSecond: 50, requests: 20_000 });
    expect((1000 * 20_000) / even[19_999].timeMillis).toBeCloseTo(50, -1);
    const rate = 0.2;
    const swinging = requestsOf({
      mix: { 'one-shot': 1 },
      requestsPerSecond: rate,
      diurnalAmplitude: 1,
      requests: Math.floor((rate * day) / 1000),
    });
    const firstHalf = swinging.filter(({ timeMillis }) => timeMillis < day / 2).length;
    expect(firstHalf / swinging.length).toBeCloseTo(0.5 + 1 / Math.PI, 1);
  });

  it.each([
    ['mix', { mix: { talk: 1 } }],
    ['mix', { mix: { chat: 0 } }],
    ['mix.chat', { mix: { chat: -1 } }],
    ['seed', { seed: 2 ** 32 }],
    ['tenants', { tenants: 0 }],
    ['blockSize', { blockSize: 1.5 }],
    ['requests', { requests: 0 }],
    ['zipfExponent', { zipfExponent: Number.NaN }],
    ['requestsPerSecond', { requestsPerSecond: 0 }],
    ['diurnalAmplitude', { diurnalAmplitude: 1.1 }],
  ])('refuses a bad %s', (option, changes) => {
    expect(() => generateTrace(optionsOf(changes)).next()).toThrow(
      expect.objectContaining({
        code: 'generate.bad-option',
        details: expect.objectContaining({ option }),
      }),
    );
  });
});

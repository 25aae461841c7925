import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodePolicies, type Policies } from '@wavetune/documents';
import { beforeAll, describe, expect, it } from 'vitest';
import { makePlanSamples, PLAN_SAMPLES, tablesIn } from './support/plan-samples.ts';
import { type RunOptions, runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';
import { hasSharedData, sharedData } from './support/shared-data.ts';

const folder = scratchFolder('replay-tuner-plan');
const PLAN = `${PLAN_SAMPLES}plan.json`;
const TRACE = `${PLAN_SAMPLES}plan-datajax.json`;
const CHAT = `${PLAN_SAMPLES}chat.jsonl`;
const GOLDEN = 'golden/datajax';
/** Enough orders for memory to be what stagings wait for. */
const LARGE = join(folder, 'large');

type PlanPolicy = NonNullable<Policies['plan']>;

let runs = 0;

/** Runs the tuner on a plan and reads what it wrote. */
async function tuned(words: readonly string[], options: RunOptions = {}): Promise<PlanPolicy> {
  const out = join(folder, `policies-${runs++}.json`);
  const { status, stderr } = await runCli('replay-tuner', [...words, '--out', out], options);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const { plan, cache, meta } = decodePolicies(readFileSync(out, 'utf8'));
  expect([cache, meta.requests]).toEqual([null, 0]);
  if (plan === undefined) throw new Error('no policies of a plan');
  return plan;
}

const chosen = ({ stagings }: PlanPolicy) =>
  stagings.map(({ policy, verdict }) => [policy, verdict]);
const large = () => ['--trace', PLAN, ...tablesIn(LARGE), '--world-size', '2'];
const small = (...words: string[]) => ['--trace', PLAN, ...tablesIn(PLAN_SAMPLES), ...words];

beforeAll(() => {
  mkdirSync(LARGE);
  makePlanSamples(LARGE, 300_000);
});

describe('replay-tuner on a plan', () => {
  it('tells a plan by its content, and stages everything that it moves', async () => {
    const [ours, theirs] = await Promise.all(
      [PLAN, TRACE].map((path) =>
        tuned(['--trace', path, ...tablesIn(PLAN_SAMPLES), '--world-size', '4']),
      ),
    );
    expect([ours.format, theirs.format]).toEqual(['ir/1', 'datajax']);
    const moves = ours.stagings.map(({ node, kind, rows }) => [node, kind, rows]);
    // 20,000 orders and 180 customers over four ranks; 19,480 orders are large, 17,715 of a known customer.
    expect(moves).toEqual([
      ['scan', 'pack', 5000],
      ['filter', 'gather', 4870],
      ['scan', 'pack', 45],
      ['join', 'pack', 4870],
      ['join', 'pack', 45],
      ['join', 'join-probe', 4870],
      ['join', 'gather', 4429],
      ['aggregate', 'aggregate-probe', 4429],
    ]);
    expect(ours.stagings.every(({ source }) => source === 'measured')).toBe(true);
    expect(ours.figures.input_rows.value).toBe(20_180);
    expect(theirs.figures.shuffle_bytes.value).toBeGreaterThan(0);
  });

  it('shuffles nothing on one rank, and more with more ranks', async () => {
    const shuffled = await Promise.all(
      ['1', '2', '8'].map(async (ranks) => {
        const { figures } = await tuned(small('--world-size', ranks));
        return figures.shuffle_bytes.value;
      }),
    );
    expect(shuffled[0]).toBe(0);
    expect(shuffled[1]).toBeGreaterThan(0);
    expect(shuffled[2]).toBeGreaterThan(shuffled[1]);
  });

  it('writes the same bytes again', async () => {
    const texts = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const out = join(folder, `${name}.json`);
        await runCli('replay-tuner', [...small(), '--out', out]);
        return readFileSync(out, 'utf8');
      }),
    );
    expect(texts[1]).toBe(texts[0]);
  });

  it('chooses other stagings where a counter says otherwise, from file, text or environment', async () => {
    const counters = '{"occupancy":0.06,"notes":["from a profile"]}';
    const file = join(folder, 'counters.json');
    writeFileSync(file, counters);
    const [assumed, ...counted] = await Promise.all([
      tuned(large()),
      tuned([...large(), '--runtime-metrics', counters]),
      tuned([...large(), '--runtime-metrics', file]),
      tuned(large(), { env: { WAVETUNE_RUNTIME_METRICS: counters } }),
    ]);
    expect(chosen(counted[0])).not.toEqual(chosen(assumed));
    expect(counted[0].total.micros).toBeGreaterThan(assumed.total.micros);
    expect(counted[0].figures.occupancy).toMatchObject({ value: 0.06, provenance: 'counter' });
    expect(counted[0].notes).toEqual(['from a profile']);
    expect(counted[1]).toEqual(counted[0]);
    expect(counted[2]).toEqual(counted[0]);
  });

  it('lets counters of bytes and of reuse reach what is staged', async () => {
    const micros = async (counters: string) =>
      (await tuned([...large(), '--runtime-metrics', counters])).total.micros;
    const [few, many, held] = await Promise.all([
      micros('{"shuffle_bytes":10000000}'),
      micros('{"bytes_shuffled":300000000}'),
      micros('{"shuffle_bytes":10000000,"cache_reuse":0.9}'),
    ]);
    expect(many).toBeGreaterThan(few);
    expect(held).toBeLessThan(few);
  });

  it('measures on a sample when told, with bounds', async () => {
    const [part, full] = await Promise.all([
      tuned([...large(), '--sample-rows', '50000']),
      tuned([...large(), '--full']),
    ]);
    expect(part.sample).toMatchObject({ of_rows: 300_000, rows: 50_000 });
    expect(full.sample).toBeNull();
    expect(part.figures.shuffle_bytes.provenance).toBe('scaled');
    expect(part.figures.shuffle_bytes.bounds).toBeDefined();
    const ratio = part.figures.shuffle_bytes.value / full.figures.shuffle_bytes.value;
    expect(ratio).toBeCloseTo(1, 1);
  });
});

describe.skipIf(!hasSharedData(`${GOLDEN}/trace.json`))('replay-tuner --strategy datajax', () => {
  it.each([1, 4])('prints what the original prints at world size %i', async (ranks) => {
    const words = ['--trace', sharedData(`${GOLDEN}/trace.json`), '--strategy', 'datajax'];
    words.push('--sample', sharedData(`${GOLDEN}/trace_input.csv`), '--world-size', String(ranks));
    const { datajax, stagings } = await tuned(words);
    const golden = readFileSync(sharedData(`${GOLDEN}/policies_ws${ranks}.json`), 'utf8');
    expect(datajax).toEqual(JSON.parse(golden));
    expect(stagings).toEqual([]);
  });
});

describe('replay-tuner refuses', () => {
  it.each<[readonly string[], number, RegExp]>([
    [['--trace', PLAN, '--world-size', '2'], 1, /plan-input\.unbound: .*"orders".*--sample FILE/],
    [
      ['--trace', PLAN, ...tablesIn(PLAN_SAMPLES).slice(0, 2)],
      1,
      /plan-input\.unbound: .*"customers".*--rhs customers=FILE/,
    ],
    [['--trace', CHAT, '--sample', CHAT], 2, /usage\.plan-option: --sample is for plan traces/],
    [['--trace', PLAN, '--capacity', '10%'], 2, /usage\.request-option: --capacity/],
    [['--trace', PLAN, TRACE, '--world-size', '2'], 2, /usage\.several-plans/],
    [small('--world-size', '0'), 2, /--world-size 0: accepted is a whole number from 1/],
    [small('--strategy', 'vllm'), 2, /--strategy vllm: for a plan accepted are modelled, datajax/],
    [small('--device', 'H1000'), 1, /catalog\.unknown-name/],
    [small('--runtime-metrics', 'missing.json'), 1, /metrics\.bad-counters/],
    [small('--runtime-metrics', '{"occupancy":0}'), 1, /kernels\.bad-movement: .*occupancy is 0/],
  ])('%j', async (words, status, message) => {
    const out = join(folder, 'refused.json');
    const outcome = await runCli('replay-tuner', [...words, '--out', out]);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.status).toBe(status);
    expect(existsSync(out)).toBe(false);
  });
});

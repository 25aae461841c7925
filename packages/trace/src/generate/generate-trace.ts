import { createRng } from '@wavetune/core';
import { type ArrivalOptions, nextArrivalMillis } from './arrivals.ts';
import { createZipf } from './distributions.ts';
import { type GenerateOptions, verifyGenerateOptions } from './generate-options.ts';
import { createPopulation } from './population.ts';
import { createPromptSpace, type Prompt } from './prompt.ts';
import { createSessionQueue } from './session-queue.ts';

import type { Turn, Workload } from './workloads/workload.ts';
import { WORKLOADS } from './workloads/workloads.ts';

/** A request of the trace that is made. */
export interface GeneratedRequest {
  /** Since the trace's start, whole. */
  readonly timeMillis: number;
  readonly tenant: number;
  readonly session: number;
  /** Name of its {@link Workload}. */
  readonly workload: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Dense ids in order of first appearance, root first; a view that the next request overwrites. */
  readonly blocks: Uint32Array;
  /** How many of `blocks`, from the root, other sessions can have too. */
  readonly sharedBlocks: number;
}

/** Speed at which answers are written, tokens a second; chosen. */
const OUTPUT_TOKENS_PER_SECOND = 50;

interface Session {
  readonly number: number;
  readonly tenant: number;
  readonly workload: Workload;
  readonly prompt: Prompt;
  readonly turns: Generator<Turn, void, void>;
}

/**
 * Makes a trace, request by request in order of arrival. The same options give the same trace, on any machine with the
 * same engine's `Math`.
 *
 * Blocks are chained: every id has one parent; a request has `⌈inputTokens / blockSize⌉` of them, as in Mooncake's traces.
 *
 * Memory: what the live sessions and the shared contents take, whatever the length of the trace.
 *
 * @throws WavetuneError `generate.bad-option`.
 */
export function* generateTrace(
  options: GenerateOptions,
): Generator<GeneratedRequest, void, undefined> {
  verifyGenerateOptions(options);
  const openSession = createSessionSource(options);
  const arrivals = arrivalsOf(options);
  const arrivalRng = createRng(options.seed + 0x1_0000_0000);
  const queue = createSessionQueue<Session>();
  const limit = {
    requests: options.requests ?? Infinity,
    references: options.references ?? Infinity,
  };
  let blocks = new Uint32Array(1024);
  let arrivalMillis = nextArrivalMillis(arrivalRng, arrivals, 0);
  for (
    let requests = 0, references = 0;
    requests < limit.requests && references < limit.references;
  ) {
    const fresh = arrivalMillis <= queue.nextMillis();
    const timeMillis = fresh ? arrivalMillis : queue.nextMillis();
    const session = fresh ? openSession() : queue.pop();
    if (fresh) arrivalMillis = nextArrivalMillis(arrivalRng, arrivals, arrivalMillis);
    const turn = session.turns.next().value;
    if (turn === undefined) continue;
    const { prompt } = session;
    const count = prompt.blocks;
    if (blocks.length < count) blocks = new Uint32Array(2 * count);
    prompt.writeBlocks(blocks);
    yield {
      timeMillis: Math.floor(timeMillis),
      tenant: session.tenant,
      session: session.number,
      workload: session.workload.name,
      inputTokens: prompt.tokens,
      outputTokens: turn.outputTokens,
      blocks: blocks.subarray(0, count),
      sharedBlocks: prompt.sharedBlocks,
    };
    requests++;
    references += count;
    const answerMillis = (1000 * turn.outputTokens) / OUTPUT_TOKENS_PER_SECOND;
    queue.push(timeMillis + answerMillis + turn.pauseMillis, session);
  }
}

/** Opens sessions: the workload by its share, the tenant by its popularity. */
function createSessionSource(options: GenerateOptions): () => Session {
  const rng = createRng(options.seed);
  const population = createPopulation(rng, options.seed, options.zipfExponent);
  const space = createPromptSpace(options.blockSize);
  const tenants = createZipf(options.tenants, options.zipfExponent);
  const rates = sessionRates(options.mix);
  const total = rates.reduce((sum, { rate }) => sum + rate, 0);
  let opened = 0;
  return () => {
    let left = rng.nextFloat() * total - rates[0].rate;
    let chosen = 0;
    while (left >= 0 && chosen < rates.length - 1) left -= rates[++chosen].rate;
    const { workload } = rates[chosen];
    const tenant = tenants.draw(rng);
    const prompt = space.open();
    const turns = workload.session(population, tenant, prompt);
    return { number: opened++, tenant, workload, prompt, turns };
  };
}

/** Sessions of each workload for one request of the mix. */
function sessionRates(mix: GenerateOptions['mix']) {
  const total = Object.values(mix).reduce((sum, share) => sum + share, 0);
  return WORKLOADS.filter(({ name }) => (mix[name] ?? 0) > 0).map((workload) => ({
    workload,
    rate: mix[workload.name] / total / workload.meanRequests,
  }));
}

function arrivalsOf(options: GenerateOptions): ArrivalOptions {
  const sessionsPerRequest = sessionRates(options.mix).reduce((sum, { rate }) => sum + rate, 0);
  return {
    sessionsPerSecond: options.requestsPerSecond * sessionsPerRequest,
    diurnalAmplitude: options.diurnalAmplitude,
  };
}

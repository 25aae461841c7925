import { kernelsError } from './kernels-errors.ts';
import { createMinHeap, type MinHeap } from './min-heap.ts';

/** Requests in order of arrival, as the scheduler sees them; all arrays of one length. */
export interface ScheduledRequests {
  /** Milliseconds, ascending. */
  readonly arrivalMillis: Float64Array;
  /** Prompt tokens that no cache holds; 0 counts as 1, since the last token is always computed. */
  readonly prefillTokens: Uint32Array;
  /** Tokens to generate; the first comes out of the prefill. */
  readonly outputTokens: Uint32Array;
}

/** How an engine forms steps. */
export interface SchedulerOptions {
  /** Tokens a step at most, prefill and decode together. */
  readonly tokenBudget: number;
  /** Requests that run at once. */
  readonly maxSequences: number;
  /** `timed`: a request waits for its arrival. `saturated`: all are there from the start. */
  readonly arrivals: 'timed' | 'saturated';
  /** How long a step takes, in milliseconds, by its tokens; only timed arrivals look at it. */
  readonly stepMillis: (tokens: number) => number;
}

/** What a step's tokens are for. */
export type StepKind = 'prefill' | 'decode' | 'mixed';

/** Steps by their tokens: `count[i]` steps ran `tokens[i]` tokens. Ascending by tokens. */
export interface TokenHistogram {
  readonly tokens: Uint32Array;
  readonly count: Float64Array;
}

/** The steps that a trace makes an engine run. */
export interface Waves {
  readonly byKind: { readonly [K in StepKind]: TokenHistogram };
  /** Steps by the sequences whose next token is drawn: those that decode, and prompts that end. None where 0. */
  readonly drawn: TokenHistogram;
  readonly steps: number;
  readonly prefillTokens: number;
  readonly decodeTokens: number;
  /** When the last step ends, on the clock of the arrivals. */
  readonly endMillis: number;
}

/**
 * Continuous batching with chunked prefill: every step takes one token of each decoding request first, then prompt
 * tokens in order of arrival until the budget is full (Agrawal et al., Sarathi-Serve, OSDI 2024; vLLM's V1 scheduler).
 * Requests are admitted in order of arrival while fewer than `maxSequences` run.
 *
 * Runs of decode steps in which no request ends or arrives are counted in one stroke, so the cost is O(requests +
 * prefill steps), not O(output tokens).
 *
 * @throws WavetuneError `kernels.empty-trace`, `kernels.bad-problem` for a limit below 1.
 */
export function scheduleWaves(requests: ScheduledRequests, options: SchedulerOptions): Waves {
  checkOptions(requests, options);
  const engine = startEngine(requests, options);
  while (engine.next < requests.arrivalMillis.length || engine.running > 0) {
    admit(engine);
    const decoding = engine.running - engine.prefilling.length;
    const { prefill, completed } = fillPrompts(engine, options.tokenBudget - decoding);
    if (prefill > 0) takeStep(engine, { decoding, prefill, completed });
    else if (decoding > 0) repeatDecode(engine, decoding);
    else engine.nowMillis = requests.arrivalMillis[engine.next];
  }
  return wavesOf(engine);
}

function checkOptions(requests: ScheduledRequests, options: SchedulerOptions): void {
  if (requests.arrivalMillis.length === 0) throw kernelsError('kernels.empty-trace', {});
  for (const field of ['tokenBudget', 'maxSequences'] as const) {
    const found = options[field];
    if (Number.isSafeInteger(found) && found >= 1) continue;
    throw kernelsError('kernels.bad-problem', { field, found, accepted: 'a positive integer' });
  }
}

/** Requests between admission and their last token. */
interface Engine {
  readonly requests: ScheduledRequests;
  readonly options: SchedulerOptions;
  /** The first request that is not admitted yet. */
  next: number;
  running: number;
  nowMillis: number;
  /** Steps so far; a decoding request ends at a step that is known when it starts. */
  step: number;
  /** Prompts being computed, first come first. */
  readonly prefilling: { readonly request: number; left: number }[];
  readonly ends: MinHeap;
  readonly counts: { readonly [K in StepKind | 'drawn']: Float64Array };
  prefillTokens: number;
  decodeTokens: number;
}

function startEngine(requests: ScheduledRequests, options: SchedulerOptions): Engine {
  const counter = () => new Float64Array(options.tokenBudget + 1);
  return {
    requests,
    options,
    next: 0,
    running: 0,
    nowMillis: options.arrivals === 'timed' ? requests.arrivalMillis[0] : 0,
    step: 0,
    prefilling: [],
    ends: createMinHeap(),
    counts: { prefill: counter(), decode: counter(), mixed: counter(), drawn: counter() },
    prefillTokens: 0,
    decodeTokens: 0,
  };
}

/** Room for one more needs a decode token for each, hence the budget's bound beside the limit. */
function admit(engine: Engine): void {
  const { requests, options } = engine;
  const limit = Math.min(options.maxSequences, options.tokenBudget);
  const timed = options.arrivals === 'timed';
  while (engine.running < limit && engine.next < requests.arrivalMillis.length) {
    if (timed && requests.arrivalMillis[engine.next] > engine.nowMillis) return;
    const left = Math.max(1, requests.prefillTokens[engine.next]);
    engine.prefilling.push({ request: engine.next, left });
    engine.next += 1;
    engine.running += 1;
  }
}

/** Gives `room` to prompts in order of arrival; a finished prompt decodes from the next step on. */
function fillPrompts(
  engine: Engine,
  room: number,
): { readonly prefill: number; readonly completed: number } {
  let used = 0;
  let done = 0;
  for (const prompt of engine.prefilling) {
    const taken = Math.min(prompt.left, room - used);
    prompt.left -= taken;
    used += taken;
    if (prompt.left > 0) break;
    done += 1;
    // The prefill gives the first token; the step that now runs has number `step + 1`.
    const more = Math.max(0, engine.requests.outputTokens[prompt.request] - 1);
    engine.ends.push(engine.step + 1 + more);
  }
  engine.prefilling.splice(0, done);
  return { prefill: used, completed: done };
}

function takeStep(
  engine: Engine,
  {
    decoding,
    prefill,
    completed,
  }: { readonly decoding: number; readonly prefill: number; readonly completed: number },
): void {
  const tokens = decoding + prefill;
  engine.counts.drawn[decoding + completed] += 1;
  engine.counts[decoding > 0 ? 'mixed' : 'prefill'][tokens] += 1;
  engine.prefillTokens += prefill;
  engine.decodeTokens += decoding;
  advance(engine, { steps: 1, millis: engine.options.stepMillis(tokens) });
}

/** Decodes until a request ends, or until one arrives that can be admitted. */
function repeatDecode(engine: Engine, decoding: number): void {
  const { requests, options } = engine;
  const stepMillis = options.stepMillis(decoding);
  let steps = engine.ends.peek() - engine.step;
  const roomFor = Math.min(options.maxSequences, options.tokenBudget) - engine.running;
  if (roomFor > 0 && engine.next < requests.arrivalMillis.length) {
    const wait = requests.arrivalMillis[engine.next] - engine.nowMillis;
    steps = Math.min(steps, Math.max(1, Math.ceil(wait / stepMillis)));
  }
  engine.counts.decode[decoding] += steps;
  engine.counts.drawn[decoding] += steps;
  engine.decodeTokens += steps * decoding;
  advance(engine, { steps, millis: steps * stepMillis });
}

function advance(
  engine: Engine,
  { steps, millis }: { readonly steps: number; readonly millis: number },
): void {
  engine.step += steps;
  engine.nowMillis += millis;
  while (engine.ends.size() > 0 && engine.ends.peek() <= engine.step) {
    engine.ends.pop();
    engine.running -= 1;
  }
}

function wavesOf(engine: Engine): Waves {
  const { prefill, decode, mixed, drawn } = engine.counts;
  return {
    byKind: {
      prefill: histogramOf(prefill),
      decode: histogramOf(decode),
      mixed: histogramOf(mixed),
    },
    drawn: histogramOf(drawn),
    steps: engine.step,
    prefillTokens: engine.prefillTokens,
    decodeTokens: engine.decodeTokens,
    endMillis: engine.nowMillis,
  };
}

function histogramOf(counts: Float64Array): TokenHistogram {
  const tokens = Uint32Array.from(counts.keys()).filter((size) => size > 0 && counts[size] > 0);
  return { tokens, count: Float64Array.from(tokens, (size) => counts[size]) };
}

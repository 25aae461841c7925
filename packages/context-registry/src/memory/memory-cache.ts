import { type Clock, systemClock } from '@wavetune/core';
import type { Registry } from '../registry/registry.ts';
import type { OwnerKey, OwnerRef } from '../registry/types.ts';
import { createAdmission } from './admission.ts';
import { type Budget, budgetBlocks } from './budget.ts';
import { watchUses } from './entry-uses.ts';
import {
  act,
  candidatesOf,
  countEviction,
  type EvictionCause,
  enforceBudget,
  type ModeState,
  residentBlocks,
} from './mode-actions.ts';
import type { OffloadStore } from './offload-store.ts';
import { createOffloading } from './offloading.ts';
import {
  checkModeRules,
  DEFAULT_MODE_RULES,
  type Mode,
  type ModeRules,
  nextMode,
} from './pressure-mode.ts';
import { type PressureReading, type PressureSource, pressureOf } from './pressure-source.ts';
import { roomBelow } from './room.ts';
import { createStepper } from './stepper.ts';
import { createWorkflowWatch, type Workflow } from './workflow.ts';

export interface MemoryCacheOptions {
  readonly budget: Budget;
  /** Read beside the budget's own fullness; the higher of the two counts. */
  readonly source?: PressureSource;
  /** Without one, nothing is offloaded: what would be is evicted. */
  readonly store?: OffloadStore;
  readonly workflow?: Workflow;
  readonly rules?: ModeRules;
  readonly clock?: Clock;
  /** Told what a step could not do: a source that gave nothing, a file that could not be written. */
  readonly onFailure?: (failure: unknown) => void;
}

/** What one step did. */
export interface StepReport {
  readonly mode: Mode;
  readonly pressure: number;
  readonly evicted: number;
  readonly offloaded: number;
}

/** Counts since the cache was made, and what holds now. */
export interface MemoryStats {
  readonly mode: Mode;
  readonly pressure: number;
  /** As the source said last; undefined without a source, or where it fails. */
  readonly reading: PressureReading | undefined;
  readonly residentBlocks: number;
  readonly budgetBlocks: number;
  readonly offloadedContexts: number;
  /** By the mode that a step was in; `admission` for what made room for something new. */
  readonly evictions: Readonly<Record<EvictionCause, number>>;
  readonly evictedTokens: Readonly<Record<EvictionCause, number>>;
  readonly offloads: number;
  readonly broughtBack: number;
  readonly refusals: number;
}

/** Keeps a registry's contexts inside a budget. */
export interface MemoryCache {
  /** Reads the pressure and acts on it once. Steps do not overlap: a second call waits for the first. */
  readonly step: () => Promise<StepReport>;
  /** Steps again and again, so long after the end of the last, until the cache is closed. */
  readonly start: (intervalMillis: number) => void;
  /**
   * Brings back what was offloaded of these owners, all or none.
   *
   * @returns How many contexts came back.
   * @throws WavetuneError `memory.damaged-file`, and what refuses a registration; the contexts stay in their files then.
   */
  readonly bringBack: (owners: readonly OwnerRef[]) => Promise<number>;
  /** What is offloaded of these owners; of all without them. */
  readonly offloaded: (owners?: readonly OwnerRef[]) => readonly OwnerKey[];
  /** Forgets what was offloaded of these owners; of all without them. @returns How many contexts. */
  readonly forgetOffloaded: (owners?: readonly OwnerRef[]) => Promise<number>;
  readonly stats: () => MemoryStats;
  readonly close: () => Promise<void>;
}

interface CacheState extends ModeState {
  readonly options: MemoryCacheOptions;
  pressure: number;
  reading: PressureReading | undefined;
  refusals: number;
}

/**
 * Attaches a memory-aware cache to a registry, as its admission and observer.
 *
 * The budget holds at every moment: what does not fit makes room in the transaction that adds it, or is refused. Steps
 * only keep a distance from it. Contexts that a crash left in the store are offloaded contexts again.
 *
 * @throws WavetuneError `memory.bad-budget`, `memory.bad-thresholds`, `memory.bad-workflow`, `registry.bad-option`
 */
export async function createMemoryCache(
  registry: Registry,
  options: MemoryCacheOptions,
): Promise<MemoryCache> {
  const state = await stateOf(registry, options);
  registry.admitBy(
    createAdmission({
      registry,
      mostBlocks: state.mostBlocks,
      room: state.room,
      mode: () => state.mode,
      pressure: () => state.pressure,
      candidates: () =>
        candidatesOf(state).filter(({ entry }) => state.offloading?.isAskedFor(entry) !== true),
      onRefusal: () => state.refusals++,
      onEviction: (entry) => countEviction(state, 'admission', entry),
    }),
  );
  enforceBudget(state);
  const stepper = createStepper(() => step(state), failureOf(options));
  return {
    step: stepper.step,
    start: stepper.start,
    bringBack: async (owners) => (await state.offloading?.bringBack(owners)) ?? 0,
    offloaded: (owners) => state.offloading?.keys(owners) ?? [],
    forgetOffloaded: async (owners) => (await state.offloading?.forget(owners)) ?? 0,
    stats: () => statsOf(state),
    close: async () => {
      await stepper.close();
      await state.offloading?.settle();
      state.uses.close();
    },
  };
}

async function stateOf(registry: Registry, options: MemoryCacheOptions): Promise<CacheState> {
  const { workflow, rules = DEFAULT_MODE_RULES, clock = systemClock, store } = options;
  checkModeRules(rules);
  const { blockSize, model } = registry.options;
  const mostBlocks = budgetBlocks(options.budget, {
    blockSize,
    bytesPerToken: model.bytesPerToken,
  });
  const watch = workflow && createWorkflowWatch(workflow);
  const uses = watchUses(registry, clock, ({ key }) => watch?.onRun(key.agent));
  const offloading =
    store && (await createOffloading({ registry, store, uses, onFailure: failureOf(options) }));
  const none = { relaxed: 0, normal: 0, pressure: 0, critical: 0, emergency: 0, admission: 0 };
  return {
    registry,
    uses,
    watch,
    offloading,
    rules,
    clock,
    mostBlocks,
    // Critical is the mode that offloads: with a store it may be reached.
    room: roomBelow(store === undefined ? 'critical' : 'emergency', rules, mostBlocks),
    options,
    mode: 'relaxed',
    pressure: 0,
    reading: undefined,
    refusals: 0,
    evictions: { ...none },
    evictedTokens: { ...none },
  };
}

async function step(state: CacheState): Promise<StepReport> {
  const fromBudget = residentBlocks(state) / state.mostBlocks;
  state.reading = await readSource(state.options);
  const fromSource = (state.reading && pressureOf(state.reading)) ?? 0;
  state.pressure = Math.max(fromBudget, fromSource);
  state.mode = nextMode(state.mode, state.pressure, state.rules);
  const { mode, pressure } = state;
  const { evicted, offloaded } = await act(state, fromSource);
  return { mode, pressure, evicted, offloaded };
}

/** A source that fails must not stop the cache: the budget's own fullness goes on. */
async function readSource(options: MemoryCacheOptions): Promise<PressureReading | undefined> {
  try {
    return await options.source?.read();
  } catch (failure) {
    failureOf(options)(failure);
    return undefined;
  }
}

function statsOf(state: CacheState): MemoryStats {
  const { mode, pressure, reading, mostBlocks, refusals, offloading } = state;
  return {
    mode,
    pressure,
    reading,
    residentBlocks: residentBlocks(state),
    budgetBlocks: mostBlocks,
    offloadedContexts: offloading?.keys().length ?? 0,
    evictions: { ...state.evictions },
    evictedTokens: { ...state.evictedTokens },
    offloads: offloading?.offloads() ?? 0,
    broughtBack: offloading?.broughtBack() ?? 0,
    refusals,
  };
}

function failureOf({ onFailure }: MemoryCacheOptions): (failure: unknown) => void {
  return onFailure ?? (() => undefined);
}

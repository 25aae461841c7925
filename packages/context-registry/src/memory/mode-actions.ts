import type { Clock } from '@wavetune/core';
import type { Registry } from '../registry/registry.ts';
import type { Entry } from '../registry/types.ts';
import type { EntryUses } from './entry-uses.ts';
import type { Offloading } from './offloading.ts';
import { exitPressure, type Mode, type ModeRules } from './pressure-mode.ts';
import type { Room } from './room.ts';
import { bySizeOverUse, type Candidate, idleCandidates, isDue } from './victims.ts';
import type { WorkflowWatch } from './workflow.ts';

/** Why entries leave: what a step's mode asks for, or the coming of others. */
export type EvictionCause = Mode | 'admission';

/** What a step works on. */
export interface ModeState {
  readonly registry: Registry;
  readonly uses: EntryUses;
  readonly watch: WorkflowWatch | undefined;
  /** Without it, what would be offloaded is evicted. */
  readonly offloading: Offloading | undefined;
  readonly rules: ModeRules;
  readonly clock: Clock;
  readonly mostBlocks: number;
  readonly room: Room;
  readonly evictions: Record<EvictionCause, number>;
  readonly evictedTokens: Record<EvictionCause, number>;
  mode: Mode;
}

/** The registry's specification. */
const NORMAL_IDLE_MILLIS = 120_000;
const URGENT_IDLE_MILLIS = 30_000;
/** Chosen: what a step under pressure lets go at most where the pressure comes from outside; the next step looks again. */
const SHARE_A_STEP = 0.1;
/** Chosen: some seconds of a slow disk; then the pressure is looked at again. */
const MOST_OFFLOADS = 256;

/** How many contexts went. */
export interface Done {
  readonly evicted: number;
  readonly offloaded: number;
}

/** Does what the mode asks for, once. */
export async function act(state: ModeState, fromSource: number): Promise<Done> {
  switch (state.mode) {
    case 'relaxed':
      return { evicted: 0, offloaded: 0 };
    case 'normal':
      return evict(state, spared(idle(state, NORMAL_IDLE_MILLIS)));
    case 'pressure':
      return relieve(state, fromSource);
    case 'critical':
      return offload(state, spared(idle(state, URGENT_IDLE_MILLIS)));
    case 'emergency':
      return evict(state, idle(state, URGENT_IDLE_MILLIS));
  }
}

/** What the workflow needs soon is not idle. */
function spared(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter((candidate) => !isDue(candidate));
}

function idle(state: ModeState, idleMillis: number): readonly Candidate[] {
  const nowMillis = state.clock.monotonicMillis();
  return idleCandidates(candidatesOf(state), { nowMillis, idleMillis });
}

function evict(
  state: ModeState,
  candidates: readonly Candidate[],
  cause: EvictionCause = state.mode,
): Done {
  if (candidates.length > 0) {
    state.registry.remove(
      candidates.map(({ entry }) => entry.key),
      'evicted',
    );
    for (const { entry } of candidates) countEviction(state, cause, entry);
  }
  return { evicted: candidates.length, offloaded: 0 };
}

/**
 * Evicts by size over use until the pressure would be under that at which the mode ends. What was added less than 30 s ago
 * stays: an entry must not fall to the pressure of its own coming.
 */
function relieve(state: ModeState, fromSource: number): Done {
  const exit = exitPressure('pressure', state.rules);
  const resident = residentBlocks(state);
  const byBudget = Math.floor(exit * state.mostBlocks);
  const bySource = fromSource < exit ? resident : Math.floor(resident * (1 - SHARE_A_STEP));
  const settledMillis = state.clock.monotonicMillis() - URGENT_IDLE_MILLIS;
  const settled = candidatesOf(state).filter(({ addedMillis }) => addedMillis < settledMillis);
  return evictDownTo(state, Math.min(byBudget, bySource), settled);
}

function evictDownTo(
  state: ModeState,
  targetBlocks: number,
  candidates: readonly Candidate[],
  cause: EvictionCause = state.mode,
): Done {
  const ordered = bySizeOverUse(candidates, ({ entry }) => state.registry.exclusiveBlocksOf(entry));
  let evicted = 0;
  for (const candidate of ordered) {
    if (residentBlocks(state) <= targetBlocks) break;
    evicted += evict(state, [candidate], cause).evicted;
  }
  return { evicted, offloaded: 0 };
}

/** Brings a registry that already holds more than its budget inside it, with room for more. */
export function enforceBudget(state: ModeState): void {
  if (residentBlocks(state) <= state.mostBlocks) return;
  evictDownTo(state, state.room.targetBlocks, candidatesOf(state), 'admission');
}

async function offload(state: ModeState, candidates: readonly Candidate[]): Promise<Done> {
  if (state.offloading === undefined) return evict(state, candidates);
  let offloaded = 0;
  for (const { entry } of candidates.slice(0, MOST_OFFLOADS)) {
    if (await state.offloading.offload(entry)) offloaded++;
  }
  return { evicted: 0, offloaded };
}

export function candidatesOf({ uses, watch }: ModeState): readonly Candidate[] {
  return uses.all().map((use) => ({ ...use, stepsUntil: watch?.stepsUntil(use.entry.key.agent) }));
}

export function countEviction(state: ModeState, cause: EvictionCause, entry: Entry): void {
  state.evictions[cause]++;
  state.evictedTokens[cause] += entry.tokenCount;
}

export function residentBlocks({ registry }: ModeState): number {
  return registry.stats().distinctBlocks;
}

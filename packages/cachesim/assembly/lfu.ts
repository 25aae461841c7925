import {
  addUse,
  createFrequencyLogs,
  growFrequencyLogs,
  linkUse,
  makeSlots,
  NO_USE,
  popLeastFrequent,
  takeSlots,
  USE,
} from './frequency-logs';
import { AHEAD, countEvictions, keep, nextUseAt, referenceAt, reserve } from './memory';
import { createUseLog, ENTRY, entryOf, makeRoom, momentOf, push, ROOM, UseLog } from './use-log';
import { byteAt, createWords, setByte, setWord, wordAt } from './words';

const ABSENT: u32 = 0;
/** A byte from here on is a frequency less a multiple of this; the block's word has the multiple. */
const LAP: u32 = 128;
const LAST: u32 = 255;
/** Frequencies that have a log at the beginning (chosen). */
const FIRST_LOGS: u32 = 4;
/** Marks the word of a block that was gathered. */
const GATHERED: u32 = 0x80000000;

/** By block: its frequency, and the laps that the byte leaves out. */
let states: usize = 0;
let laps: usize = 0;
let distinct: u32 = 0;
let capacity: u32 = 0;
let size: u32 = 0;
/** Blocks of frequency 1; those of the others are in the frequency logs. */
let once: UseLog = changetype<UseLog>(0);
/** Highest frequency that has a log. */
let logged: u32 = 0;
/** References and misses so far. */
let clock: u32 = 0;
let misses: u32 = 0;
/** Where on the stage the last run stopped. */
let stop: u32 = 0;
/** Blocks that are to be gathered still; where their uses begin and end, and the oldest of those found. */
let missing: u32 = 0;
let firstGathered: usize = 0;
let lastGathered: usize = 0;
let gathered: usize = 0;

/**
 * LFU that keeps order only where a victim can come from: a use is logged only while the frequency is low. A byte a block,
 * and a word that only every 128th hit of a block writes.
 */
export function createLfu(distinctBlocks: u32, capacityBlocks: u32): void {
  distinct = distinctBlocks;
  capacity = capacityBlocks;
  logged = FIRST_LOGS;
  states = reserve(distinctBlocks);
  laps = createWords(distinctBlocks);
  const most = min(capacityBlocks, distinctBlocks);
  once = createUseLog(most, distinctBlocks >> 2);
  createFrequencyLogs(most, distinctBlocks >> 2, logged);
}

/**
 * Requests the references `[from, to)` of the stage; how many hit. Where no block has a logged frequency it stops in front
 * of the reference that misses, and goes on after {@link logMore} and {@link gatherUses}.
 */
export function runLfu(from: u32, to: u32): u32 {
  const missesBefore = misses;
  stop = to;
  for (let begin = from; begin < stop; begin += ROOM) {
    const end = min(to, begin + ROOM);
    makeRoom(once, momentOf(clock));
    makeSlots(ROOM, clock);
    const later = clock + 1 - begin;
    let i = begin;
    while (i < min(end, stop)) {
      if (size === capacity) i = runSteady(i, end, later);
      i = runAny(i, end, later);
    }
    clock += i - begin;
  }
  return stop - from - (misses - missesBefore);
}

/** Place on the stage of the first reference that was not requested. */
export function stoppedAt(): u32 {
  return stop;
}

/**
 * Hits, and new blocks while one of frequency 1 can go; where it stopped. Without a branch on whether a block is new or has
 * a frequency without a log, which are most: both look at the eldest of frequency 1, and only a new block replaces it.
 */
function runSteady(from: u32, to: u32, later: u32): u32 {
  const statesAt = states;
  const least = logged;
  const most = least < LAP ? LAST : LAP;
  let begin = once.begin;
  let end = once.end;
  let moved: usize = 0;
  let read: u32 = 0;
  let i = from;
  for (; i < to; i++) {
    const block = referenceAt(i);
    read ^= byteAt(statesAt, referenceAt(i + AHEAD));
    const state = byteAt(statesAt, block);
    if (<u32>(state - 1 < least - 1) | <u32>(state >= most)) {
      use(block, state, nextUseAt(i));
      continue;
    }
    const isNew = state === ABSENT;
    const moment = momentOf(later + i);
    store<u64>(end, entryOf(block, nextUseAt(i)));
    while (load<u64>(begin) < moment) begin += ENTRY;
    if (<u32>isNew & <u32>(begin === end)) break;
    const eldest = load<u32>(begin);
    setByte(statesAt, eldest, select(ABSENT, byteAt(statesAt, eldest), isNew));
    setByte(statesAt, block, state + 1);
    const step = select<usize>(ENTRY, 0, isNew);
    begin += step;
    end += step;
    moved += step;
  }
  keep(read);
  once.begin = begin;
  once.end = end;
  misses += <u32>(moved / ENTRY);
  countEvictions(<u32>(moved / ENTRY));
  return i;
}

/** A reference, and all that come while there is space; where it stopped. */
function runAny(from: u32, to: u32, later: u32): u32 {
  let i = from;
  while (i < to) {
    const block = referenceAt(i);
    const state = byteAt(states, block);
    if (state !== ABSENT) {
      use(block, state, nextUseAt(i));
    } else {
      if (size < capacity) {
        size++;
      } else if (!evict(later + i)) {
        stop = i;
        return i;
      }
      misses++;
      push(once, entryOf(block, nextUseAt(i)));
      setByte(states, block, 1);
    }
    i++;
    if (size === capacity) break;
  }
  return i;
}

/** A hit, whatever the frequency. */
function use(block: u32, state: u32, next: u32): void {
  const frequency = frequencyOf(block) + 1;
  if (state === LAST) setWord(laps, block, wordAt(laps, block) + 1);
  setByte(states, block, state === LAST ? LAP : state + 1);
  if (frequency <= logged) addUse(frequency, entryOf(block, next));
}

function frequencyOf(block: u32): u32 {
  const state = byteAt(states, block);
  return state < LAP ? state : state + LAP * (wordAt(laps, block) & ~GATHERED);
}

/** False where no block has a logged frequency. */
function evict(now: u32): bool {
  const moment = momentOf(now);
  let at = once.begin;
  while (at < once.end && load<u64>(at) < moment) at += ENTRY;
  once.begin = at;
  let block = NO_USE;
  if (at < once.end) {
    block = load<u32>(at);
    once.begin += ENTRY;
  } else {
    block = popLeastFrequent(now);
    if (block === NO_USE) return false;
  }
  if (byteAt(states, block) >= LAP) setWord(laps, block, 0);
  setByte(states, block, ABSENT);
  countEvictions(1);
  return true;
}

/** Gives four times as many frequencies a log; how many blocks have one of the new ones. */
export function logMore(): u32 {
  const known = logged;
  logged *= 4;
  growFrequencyLogs(logged, clock);
  missing = 0;
  for (let block: u32 = 0; block < distinct; block++) {
    if (byteAt(states, block) <= min(known, LAP - 1)) continue;
    const frequency = frequencyOf(block);
    missing += <u32>(frequency > known && frequency <= logged);
  }
  makeSlots(missing, clock);
  firstGathered = takeSlots(missing);
  lastGathered = firstGathered + <usize>missing * USE;
  gathered = lastGathered;
  return missing;
}

/**
 * Finds last uses among the references `[from, to)` of the stage, which are those in front of the ones seen before; how many
 * are left to find. So they are found in order, and no block has to know its last use.
 */
export function gatherUses(from: u32, to: u32): u32 {
  const known = logged / 4;
  for (let i = to; i > from && missing > 0; i--) {
    const block = referenceAt(i - 1);
    if (byteAt(states, block) <= min(known, LAP - 1)) continue;
    const lap = wordAt(laps, block);
    const frequency = frequencyOf(block);
    if ((lap & GATHERED) !== 0 || frequency <= known || frequency > logged) continue;
    setWord(laps, block, lap | GATHERED);
    gathered -= USE;
    store<u64>(gathered, entryOf(block, nextUseAt(i - 1)));
    missing--;
  }
  if (missing > 0) return missing;
  for (let at = firstGathered; at < lastGathered; at += USE) {
    const block = load<u32>(at);
    setWord(laps, block, wordAt(laps, block) & ~GATHERED);
    linkUse(at, frequencyOf(block));
  }
  return 0;
}

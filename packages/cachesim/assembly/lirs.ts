import { AHEAD, countEvictions, keep, nextUseAt, referenceAt, reserve } from './memory';
import {
  append,
  createUseLog,
  ENTRY,
  entryOf,
  hasRoom,
  makeRoom,
  momentOf,
  popOldest,
  push,
  ROOM,
  UseLog,
} from './use-log';
import { byteAt, setByte } from './words';

/**
 * What a block is: absent, LIR, resident HIR in the stack and outside it, HIR that is in the stack but left the cache.
 */
const ABSENT: u32 = 0;
const LIR: u32 = 1;
const HIR: u32 = 2;
const HIR_BELOW: u32 = 3;
const GONE: u32 = 4;

let kinds: usize = 0;
/** By last use. Here and in `gone`, where blocks are forgotten in the middle, an entry counts while its block is not absent. */
let stack: UseLog = changetype<UseLog>(0);
let queue: UseLog = changetype<UseLog>(0);
let gone: UseLog = changetype<UseLog>(0);
let capacity: u32 = 0;
let stackLimit: u32 = 0;
let lirLimit: u32 = 0;
let lirCount: u32 = 0;
/** References and misses so far. */
let clock: u32 = 0;
let misses: u32 = 0;

/** LIRS over logs of uses: a byte a block. */
export function createLirs(distinctBlocks: u32, capacityBlocks: u32, hirBlocks: u32): void {
  capacity = capacityBlocks;
  stackLimit = 2 * capacityBlocks;
  lirLimit = capacityBlocks - hirBlocks;
  kinds = reserve(distinctBlocks);
  const spare = distinctBlocks >> 2;
  const most = min(stackLimit + 1, distinctBlocks);
  stack = createUseLog(most, spare);
  queue = createUseLog(min(hirBlocks + 1, distinctBlocks), spare);
  gone = createUseLog(most, spare);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runLirs(from: u32, to: u32): u32 {
  const missesBefore = misses;
  for (let begin = from; begin < to; begin += ROOM) {
    const end = min(to, begin + ROOM);
    const moment = momentOf(clock);
    makeRoom(queue, moment);
    if (!hasRoom(stack)) compactKnown(stack, moment);
    if (!hasRoom(gone)) compactKnown(gone, moment);
    const later = clock + 1 - begin;
    for (let i = begin; i < end; ) {
      if (isSteady()) i = runSteady(i, end, later);
      if (i < end) {
        request(referenceAt(i), nextUseAt(i), momentOf(later + i));
        i++;
      }
    }
    clock += end - begin;
  }
  return to - from - (misses - missesBefore);
}

/** Whether a new block moves the eldest of the queue to the blocks that are gone. */
function isSteady(): bool {
  return lirCount === lirLimit && lirCount + queue.size === capacity && stack.size <= stackLimit;
}

/**
 * Hits of LIR blocks and new blocks; where it stopped. Without a branch on which of the two it is: both look at the eldest
 * of the queue and of what is gone, and only a new block moves them.
 */
function runSteady(from: u32, to: u32, later: u32): u32 {
  const kindsAt = kinds;
  const stackBegin = stack.begin;
  let room = stackLimit - stack.size;
  let stackEnd = stack.end;
  let queueBegin = queue.begin;
  let queueEnd = queue.end;
  let goneBegin = gone.begin;
  let goneEnd = gone.end;
  let read: u32 = 0;
  let i = from;
  for (; i < to; i++) {
    const block = referenceAt(i);
    read ^= byteAt(kindsAt, referenceAt(i + AHEAD));
    const kind = byteAt(kindsAt, block);
    const moment = momentOf(later + i);
    if (<u32>(kind > LIR) | <u32>(load<u64>(stackBegin) < moment)) break;
    const isNew = kind === ABSENT;
    while (load<u64>(queueBegin) < moment) queueBegin += ENTRY;
    const eldest = load<u64>(queueBegin);
    const known = byteAt(kindsAt, <u32>eldest);
    if (<u32>isNew & <u32>(known !== HIR)) break;
    setByte(kindsAt, <u32>eldest, select(GONE, known, isNew));
    store<u64>(goneEnd, eldest);
    const step = select<usize>(ENTRY, 0, isNew);
    goneEnd += step;
    goneBegin = findKnown(goneBegin, moment);
    const forgotten = load<u32>(goneBegin);
    const isForgotten = <u32>isNew & <u32>(room === 0);
    setByte(kindsAt, forgotten, select(ABSENT, byteAt(kindsAt, forgotten), isForgotten));
    goneBegin += select<usize>(ENTRY, 0, isForgotten);
    room -= <u32>isNew - isForgotten;
    const entry = entryOf(block, nextUseAt(i));
    store<u64>(stackEnd, entry);
    stackEnd += ENTRY;
    store<u64>(queueEnd, entry);
    queueBegin += step;
    queueEnd += step;
    setByte(kindsAt, block, select(HIR, LIR, isNew));
  }
  keep(read);
  const placed = <u32>((queueEnd - queue.end) / ENTRY);
  misses += placed;
  countEvictions(placed);
  gone.size += stackLimit - room - stack.size;
  stack.size = stackLimit - room;
  stack.end = stackEnd;
  queue.begin = queueBegin;
  queue.end = queueEnd;
  gone.begin = goneBegin;
  gone.end = goneEnd;
  return i;
}

/** Whatever comes. */
function request(block: u32, next: u32, moment: u64): void {
  const entry = entryOf(block, next);
  const kind = byteAt(kinds, block);
  if (kind === LIR) {
    push(stack, entry);
    prune(moment);
    return;
  }
  if (kind === HIR) {
    queue.size--;
    push(stack, entry);
    makeLir(block, moment);
  } else if (kind === HIR_BELOW) {
    push(queue, entry);
    append(stack, entry);
    setByte(kinds, block, HIR);
  } else {
    misses++;
    place(kind, entry, moment);
  }
  while (stack.size > stackLimit && gone.size > 0) forgetOldest(moment);
}

function place(kind: u32, entry: u64, moment: u64): void {
  const block = <u32>entry;
  if (kind === GONE) gone.size--;
  if (lirCount + queue.size === capacity) evict(moment);
  if (kind === GONE) {
    push(stack, entry);
    makeLir(block, moment);
    return;
  }
  append(stack, entry);
  if (lirCount < lirLimit) {
    setByte(kinds, block, LIR);
    lirCount++;
  } else {
    setByte(kinds, block, HIR);
    append(queue, entry);
  }
}

/** `block` is the youngest of the stack and in no queue. */
function makeLir(block: u32, moment: u64): void {
  setByte(kinds, block, LIR);
  lirCount++;
  prune(moment);
  while (lirCount > lirLimit) demoteEldest(moment);
}

/** The eldest of the stack, which is LIR, joins the queue. */
function demoteEldest(moment: u64): void {
  const entry = popOldest(stack, moment);
  setByte(kinds, <u32>entry, HIR_BELOW);
  lirCount--;
  append(queue, entry);
  prune(moment);
}

/** Takes blocks off the old end of the stack until the eldest is LIR. */
function prune(moment: u64): void {
  let at = stack.begin;
  for (; ; at += ENTRY) {
    const entry = load<u64>(at);
    if (entry < moment) continue;
    const kind = byteAt(kinds, <u32>entry);
    if (kind === LIR) break;
    if (kind === ABSENT) continue;
    stack.size--;
    if (kind === GONE) gone.size--;
    setByte(kinds, <u32>entry, kind === GONE ? ABSENT : HIR_BELOW);
  }
  stack.begin = at;
}

function evict(moment: u64): void {
  const entry = popOldest(queue, moment);
  countEvictions(1);
  const isInStack = byteAt(kinds, <u32>entry) === HIR;
  setByte(kinds, <u32>entry, isInStack ? GONE : ABSENT);
  if (isInStack) append(gone, entry);
}

function forgetOldest(moment: u64): void {
  const at = findKnown(gone.begin, moment);
  gone.begin = at + ENTRY;
  gone.size--;
  stack.size--;
  setByte(kinds, load<u32>(at), ABSENT);
}

/** Address of the first entry from `at` on, of which there is one, that counts in a log whose blocks can be forgotten. */
function findKnown(at: usize, moment: u64): usize {
  let found = at;
  while (load<u64>(found) < moment || byteAt(kinds, load<u32>(found)) === ABSENT) found += ENTRY;
  return found;
}

/** Drops what does not count. */
function compactKnown(log: UseLog, moment: u64): void {
  let to = log.first;
  for (let from = log.begin; from < log.end; from += ENTRY) {
    const entry = load<u64>(from);
    store<u64>(to, entry);
    to += entry < moment || byteAt(kinds, <u32>entry) === ABSENT ? 0 : ENTRY;
  }
  log.begin = log.first;
  log.end = to;
}

import { AHEAD, countEvictions, keep, referenceAt, reserve } from './memory';
import { createWords, setWord, wordAt } from './words';

const NONE: u32 = 0xffffffff;

/** A block's four words: priority (0: absent), older and younger neighbour, frequency. */
const OLDER: u32 = 1;
const YOUNGER: u32 = 2;
const FREQUENCY: u32 = 3;

let nodes: usize = 0;
/** By priority × 2: the oldest and the youngest block. */
let ends: usize = 0;
/** Priorities that have ends. */
let priorities: u32 = 0;
/** No block has a lower priority. */
let least: u32 = 1;
/** Priority of the block that left last. */
let inflation: u32 = 0;
let capacity: u32 = 0;
let size: u32 = 0;

/**
 * GDSF for blocks of equal cost: priorities are whole numbers, so a doubly linked list a priority serves as the queue. 16
 * bytes a block and 8 a priority.
 */
export function createGdsf(distinctBlocks: u32, capacityBlocks: u32): void {
  capacity = capacityBlocks;
  nodes = createWords(4 * distinctBlocks);
  ends = reserve(0);
  growEnds(1024);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runGdsf(from: u32, to: u32): u32 {
  let hits: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    read ^= wordAt(nodes, 4 * referenceAt(i + AHEAD));
    if (wordAt(nodes, 4 * block) > 0) {
      hits++;
      const frequency = wordAt(nodes, 4 * block + FREQUENCY) + 1;
      setWord(nodes, 4 * block + FREQUENCY, frequency);
      takeOut(block);
      append(block, inflation + frequency);
    } else {
      place(block);
    }
  }
  keep(read);
  return hits;
}

function place(block: u32): void {
  const entry = inflation + 1;
  if (size < capacity) size++;
  else if (!makeRoom(entry)) return;
  if (entry < least) least = entry;
  setWord(nodes, 4 * block + FREQUENCY, 1);
  append(block, entry);
}

/** False where the newcomer, of priority `entry`, is the lowest itself. */
function makeRoom(entry: u32): bool {
  while (wordAt(ends, 2 * least) === NONE) least++;
  inflation = min(entry, least);
  if (entry < least) return false;
  takeOut(wordAt(ends, 2 * least));
  countEvictions(1);
  return true;
}

/** Adds `block`, which is in no list, as the youngest of its priority. */
function append(block: u32, priority: u32): void {
  if (priority >= priorities) growEnds(max(2 * priorities, priority + 1));
  const youngest = wordAt(ends, 2 * priority + 1);
  setWord(nodes, 4 * block, priority);
  setWord(nodes, 4 * block + OLDER, youngest);
  setWord(nodes, 4 * block + YOUNGER, NONE);
  setWord(ends, 2 * priority + 1, block);
  if (youngest === NONE) setWord(ends, 2 * priority, block);
  else setWord(nodes, 4 * youngest + YOUNGER, block);
}

function takeOut(block: u32): void {
  const priority = wordAt(nodes, 4 * block);
  const older = wordAt(nodes, 4 * block + OLDER);
  const younger = wordAt(nodes, 4 * block + YOUNGER);
  setWord(nodes, 4 * block, 0);
  if (older === NONE) setWord(ends, 2 * priority, younger);
  else setWord(nodes, 4 * older + YOUNGER, younger);
  if (younger === NONE) setWord(ends, 2 * priority + 1, older);
  else setWord(nodes, 4 * younger + OLDER, older);
}

/** The ends are the last in memory, so they grow where they are. */
function growEnds(count: u32): void {
  reserve((<u64>(count - priorities)) << 3);
  memory.fill(ends + ((<usize>priorities) << 3), 0xff, (<usize>(count - priorities)) << 3);
  priorities = count;
}

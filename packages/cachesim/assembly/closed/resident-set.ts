import { countEvictions, reserve } from '../memory';

export const NONE: u32 = 0xffffffff;

/**
 * What is known of a block, in 16 bytes: whoever looks at one field of a block soon looks at the others, and at its
 * neighbours in the chain, which have neighbouring ids.
 */
@unmanaged
class BlockState {
  /** The block under which it was placed. */
  parent: u32;
  /** Resident ones. */
  children: u32;
  /** In the log of its queue. */
  place: u32;
  resident: bool;
  /** What the policy notes: where the block is, and how often it was hit. */
  home: u8;
  hits: u8;
  /** Makes it 16 bytes. */
  unused: u8;
}

let states: usize = 0;
let capacity: u32 = 0;
let size: u32 = 0;
/** The deepest resident block of the running request, the only one of it that may have no resident child. */
let running: u32 = NONE;

export function createResidentSet(distinctBlocks: u32, capacityBlocks: u32): void {
  capacity = capacityBlocks;
  states = reserve(<u64>distinctBlocks * offsetof<BlockState>());
}

export function isResident(block: u32): bool {
  return stateOf(block).resident;
}

export function isFull(): bool {
  return size === capacity;
}

/** May leave: no resident block grows from it, and no request is about to grow one. */
export function isLoose(block: u32): bool {
  return isLeaf(block) && block !== running;
}

export function isLeaf(block: u32): bool {
  return stateOf(block).children === 0;
}

export function placeOf(block: u32): u32 {
  return stateOf(block).place;
}

export function setPlace(block: u32, place: u32): void {
  stateOf(block).place = place;
}

export function homeOf(block: u32): u32 {
  return stateOf(block).home;
}

export function setHome(block: u32, home: u32): void {
  stateOf(block).home = <u8>home;
}

export function hitsOf(block: u32): u32 {
  return stateOf(block).hits;
}

export function setHits(block: u32, hits: u32): void {
  stateOf(block).hits = <u8>hits;
}

/** Counts a hit of `block`, up to `most`. */
export function addHit(block: u32, most: u32): void {
  const state = stateOf(block);
  const hits = <u32>state.hits;
  state.hits = <u8>(hits + <u32>(hits < most));
}

/** `block` is the deepest resident block of the running request; `NONE` where none is. */
export function setRunning(block: u32): void {
  running = block;
}

/** Places `block` under the running block, which it follows. */
export function addResident(block: u32): void {
  const state = stateOf(block);
  state.resident = true;
  state.parent = running;
  if (running !== NONE) stateOf(running).children++;
  running = block;
  size++;
}

/** Takes `block` out; its parent where that may leave now, else `NONE`. */
export function dropResident(block: u32): u32 {
  const state = stateOf(block);
  state.resident = false;
  size--;
  countEvictions(1);
  const parent = state.parent;
  if (parent === NONE) return NONE;
  const above = stateOf(parent);
  const left = above.children - 1;
  above.children = left;
  return left === 0 && parent !== running ? parent : NONE;
}

function stateOf(block: u32): BlockState {
  return changetype<BlockState>(states + <usize>block * offsetof<BlockState>());
}

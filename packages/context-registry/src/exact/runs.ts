import { NONE } from '@wavetune/core';
import type { Blocks } from './blocks.ts';
import { grownCapacity, lengthened } from './growth.ts';
import { createIdPool, type IdPool } from './id-pool.ts';

/** The runs of a block forest: a tree of stretches, each with the chains that end at its end. `blocks.columns.labels` holds a block's run. */
export interface Runs {
  readonly count: number;
  readonly sizeBytes: number;
  /** `NONE` for one that begins at a root. */
  readonly parents: Uint32Array;
  /** Chains that pass through it, those that end in it included. */
  readonly counts: Uint32Array;
  /** Depth of its last block. */
  readonly ends: Uint32Array;
  /** Its last block. */
  readonly tips: Uint32Array;
  lengthOf(run: number): number;
  /** Ids of at most `limit` chains that pass through it, those that end nearest first. */
  chainsThrough(run: number, limit: number): readonly number[];
  /** Makes `block` the last of its run, cutting the run below it. @returns that run. */
  cutBelow(block: number): number;
  /** A new run below `above` that will end at depth `end`. */
  open(above: number, end: number): number;
  close(run: number, tip: number): void;
  /** A chain ends at the end of `run`. */
  enter(run: number, chain: number): void;
  leave(run: number, chain: number): void;
  /** Joins a run to its only child where no chain ends between them. */
  joinIfPlain(run: number): void;
  /** Removes a run that no chain passes. */
  drop(run: number): void;
  /** Room for two more runs, and for chain ids below `chains`. */
  reserve(chains: number): void;
}

const COLUMNS = [
  'parents',
  'counts',
  'ends',
  'tips',
  'firstChild',
  'nextSibling',
  'prevSibling',
  'firstChain',
] as const;
type RunColumns = Record<(typeof COLUMNS)[number], Uint32Array<ArrayBuffer>>;
interface ChainColumns {
  next: Uint32Array<ArrayBuffer>;
  prev: Uint32Array<ArrayBuffer>;
}

export function createRuns(blocks: Blocks): Runs {
  const forest: RunForest = {
    blocks,
    pool: createIdPool(),
    columns: Object.fromEntries(COLUMNS.map((name) => [name, new Uint32Array(0)])) as RunColumns,
    chains: { next: new Uint32Array(0), prev: new Uint32Array(0) },
  };
  const { pool, columns, chains } = forest;
  return {
    get count() {
      return pool.size;
    },
    get parents() {
      return columns.parents;
    },
    get counts() {
      return columns.counts;
    },
    get ends() {
      return columns.ends;
    },
    get tips() {
      return columns.tips;
    },
    get sizeBytes() {
      const own = Object.values(columns).reduce((sum, column) => sum + column.byteLength, 0);
      return own + chains.next.byteLength + chains.prev.byteLength;
    },
    lengthOf: (run) => columns.ends[run] - startOf(columns, run),
    chainsThrough: (run, limit) => collectChains(columns, chains, run, limit),
    cutBelow: (block) => cutBelow(forest, block),
    open: (above, end) => openRun(forest, above, end),
    close(run, tip) {
      columns.tips[run] = tip;
    },
    enter: (run, chain) => enterRun(forest, run, chain),
    leave: (run, chain) => leaveRun(forest, run, chain),
    joinIfPlain: (run) => joinIfPlain(forest, run),
    drop: (run) => dropRun(forest, run),
    reserve(chainBound) {
      const capacity = grownCapacity(columns.ends.length, pool.boundAfter(2));
      pool.reserve(2);
      for (const name of COLUMNS) columns[name] = lengthened(columns[name], capacity);
      const chainCapacity = grownCapacity(chains.next.length, chainBound);
      chains.next = lengthened(chains.next, chainCapacity);
      chains.prev = lengthened(chains.prev, chainCapacity);
    },
  };
}

interface RunForest {
  readonly blocks: Blocks;
  readonly pool: IdPool;
  readonly columns: RunColumns;
  readonly chains: ChainColumns;
}

function openRun({ pool, columns }: RunForest, above: number, end: number): number {
  const run = pool.take();
  columns.parents[run] = above;
  columns.counts[run] = 0;
  columns.ends[run] = end;
  columns.firstChild[run] = NONE;
  columns.firstChain[run] = NONE;
  addChild(columns, above, run);
  return run;
}

function dropRun({ pool, columns }: RunForest, run: number): void {
  removeChild(columns, run);
  pool.giveBack(run);
}

function cutBelow(forest: RunForest, block: number): number {
  const { blocks, columns } = forest;
  const run = blocks.columns.labels[block];
  if (columns.tips[run] === block) return run;
  const upper = openRun(forest, columns.parents[run], blocks.columns.depths[block]);
  columns.counts[upper] = columns.counts[run];
  columns.tips[upper] = block;
  removeChild(columns, run);
  columns.parents[run] = upper;
  addChild(columns, upper, run);
  relabel(blocks, block, { run: upper, count: columns.ends[upper] - startOf(columns, upper) });
  return upper;
}

function joinIfPlain(forest: RunForest, run: number): void {
  const { blocks, columns } = forest;
  const child = columns.firstChild[run];
  if (child === NONE || columns.nextSibling[child] !== NONE) return;
  if (columns.firstChain[run] !== NONE) return;
  const count = columns.ends[run] - startOf(columns, run);
  relabel(blocks, columns.tips[run], { run: child, count });
  const above = columns.parents[run];
  dropRun(forest, run);
  columns.parents[child] = above;
  addChild(columns, above, child);
}

function enterRun({ columns, chains }: RunForest, run: number, chain: number): void {
  const first = columns.firstChain[run];
  chains.next[chain] = first;
  chains.prev[chain] = NONE;
  if (first !== NONE) chains.prev[first] = chain;
  columns.firstChain[run] = chain;
  for (let up = run; up !== NONE; up = columns.parents[up]) columns.counts[up]++;
}

function leaveRun({ columns, chains }: RunForest, run: number, chain: number): void {
  const next = chains.next[chain];
  const prev = chains.prev[chain];
  if (next !== NONE) chains.prev[next] = prev;
  if (prev === NONE) columns.firstChain[run] = next;
  else chains.next[prev] = next;
  for (let up = run; up !== NONE; up = columns.parents[up]) columns.counts[up]--;
}

function startOf({ parents, ends }: RunColumns, run: number): number {
  const above = parents[run];
  return above === NONE ? 0 : ends[above];
}

/** Labels `count` blocks, from `tip` towards the root. */
function relabel(
  { columns: { labels, parents } }: Blocks,
  tip: number,
  { run, count }: { readonly run: number; readonly count: number },
): void {
  let block = tip;
  for (let left = count; left > 0; left--) {
    labels[block] = run;
    block = parents[block];
  }
}

/** Runs at a root have no list of siblings: nothing walks them. */
function addChild(columns: RunColumns, above: number, run: number): void {
  const { firstChild, nextSibling, prevSibling } = columns;
  const next = above === NONE ? NONE : firstChild[above];
  nextSibling[run] = next;
  prevSibling[run] = NONE;
  if (above === NONE) return;
  if (next !== NONE) prevSibling[next] = run;
  firstChild[above] = run;
}

function removeChild({ parents, firstChild, nextSibling, prevSibling }: RunColumns, run: number) {
  const above = parents[run];
  if (above === NONE) return;
  const next = nextSibling[run];
  const prev = prevSibling[run];
  if (next !== NONE) prevSibling[next] = prev;
  if (prev === NONE) firstChild[above] = next;
  else nextSibling[prev] = next;
}

function collectChains(
  { firstChild, nextSibling, firstChain }: RunColumns,
  chains: ChainColumns,
  top: number,
  limit: number,
): readonly number[] {
  const found: number[] = [];
  const level = [top];
  for (let at = 0; at < level.length && found.length < limit; at++) {
    for (let chain = firstChain[level[at]]; chain !== NONE; chain = chains.next[chain]) {
      if (found.length === limit) return found;
      found.push(chain);
    }
    const wanted = limit - found.length;
    for (let child = firstChild[level[at]]; child !== NONE; child = nextSibling[child]) {
      if (level.length - at > wanted) break;
      level.push(child);
    }
  }
  return found;
}

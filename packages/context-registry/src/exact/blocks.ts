import { NONE } from '@wavetune/core';
import { type Contents, createContents } from './contents.ts';
import { grownCapacity, lengthened } from './growth.ts';
import { createIdPool } from './id-pool.ts';
import { createIdTable, type IdTable } from './id-table.ts';

/** In place of a parent: the root of scope s is `ROOT + s`, so that blocks of different scopes are never one. */
export const ROOT = 0x8000_0000;

/**
 * Blocks by their identity, which is chained: (parent, content). Found by the engine's name and then compared, so that two
 * blocks are one iff everything before them is equal too, whatever the hash says.
 */
export interface Blocks {
  readonly count: number;
  readonly sizeBytes: number;
  readonly contents: Contents;
  /** By block id; an array is replaced when it grows. */
  readonly columns: Readonly<BlockColumns>;
  /** The block called `name`, or `NONE`. */
  named(name: bigint): number;
  /** Full block `index` of a prompt where it stands below `parent`, or `NONE`. */
  find(prompt: Named, index: number, parent: number): number;
  /** Adds a block that is not there, within what was reserved. @returns its id. */
  add(prompt: Named, index: number, parent: number): number;
  /** Removes a block without children. @returns its content where that is gone with it, else `NONE`. */
  remove(block: number): number;
  reserve(count: number): void;
}

/** Tokens, and what their full blocks are called. */
export interface Named {
  readonly tokens: Uint32Array;
  /** Two words for each full block, low word first. */
  readonly names: Uint32Array;
}

/** What is known of a block. */
export interface BlockColumns {
  /** The block before it, or `ROOT +` its scope. */
  parents: Uint32Array<ArrayBuffer>;
  contentOf: Uint32Array<ArrayBuffer>;
  /** Blocks from the root to it, itself included. */
  depths: Uint32Array<ArrayBuffer>;
  /** Free for the owner's use. */
  labels: Uint32Array<ArrayBuffer>;
  /** Two words a block. */
  nameWords: Uint32Array<ArrayBuffer>;
  /** Blocks of one content are a list: the first, by content id, and the one after each; `NONE` ends it. */
  firstAlike: Uint32Array<ArrayBuffer>;
  nextAlike: Uint32Array<ArrayBuffer>;
  prevAlike: Uint32Array<ArrayBuffer>;
}

export function createBlocks(blockSize: number): Blocks {
  const pool = createIdPool();
  const contents = createContents(blockSize);
  const columns = emptyColumns();
  const table = createIdTable((block) => columns.nameWords[2 * block]);

  const find = ({ tokens, names }: Named, index: number, parent: number): number => {
    const low = names[2 * index];
    const high = names[2 * index + 1];
    const at = index * blockSize;
    return table.find(low, (block) => {
      const { nameWords, parents, contentOf } = columns;
      if (nameWords[2 * block] !== low || nameWords[2 * block + 1] !== high) return false;
      if (parents[block] !== parent) return false;
      const begin = contentOf[block] * blockSize;
      const held = contents.tokens;
      for (let i = 0; i < blockSize; i++) if (held[begin + i] !== tokens[at + i]) return false;
      return true;
    });
  };
  return {
    contents,
    columns,
    find,
    get count() {
      return pool.size;
    },
    named: (name) => findNamed(columns, table, name),
    get sizeBytes() {
      const own = Object.values(columns).reduce((sum, column) => sum + column.byteLength, 0);
      return own + table.sizeBytes + contents.sizeBytes;
    },
    add({ tokens, names }, index, parent) {
      const block = pool.take();
      columns.parents[block] = parent;
      columns.contentOf[block] = contents.hold(tokens, index * blockSize);
      columns.depths[block] = index + 1;
      columns.nameWords[2 * block] = names[2 * index];
      columns.nameWords[2 * block + 1] = names[2 * index + 1];
      linkAlike(columns, block, contents);
      table.add(block);
      return block;
    },
    remove(block) {
      const content = columns.contentOf[block];
      unlinkAlike(columns, block);
      table.remove(block);
      pool.giveBack(block);
      return contents.release(content) ? content : NONE;
    },
    reserve(count) {
      const capacity = grownCapacity(columns.parents.length, pool.boundAfter(count));
      pool.reserve(count);
      table.reserve(count);
      contents.reserve(count);
      growColumns(columns, capacity, contents.tokens.length / blockSize);
    },
  };
}

function emptyColumns(): BlockColumns {
  const none = () => new Uint32Array(0);
  return {
    parents: none(),
    contentOf: none(),
    depths: none(),
    labels: none(),
    nameWords: none(),
    firstAlike: none(),
    nextAlike: none(),
    prevAlike: none(),
  };
}

function growColumns(columns: BlockColumns, capacity: number, contents: number): void {
  columns.parents = lengthened(columns.parents, capacity);
  columns.contentOf = lengthened(columns.contentOf, capacity);
  columns.depths = lengthened(columns.depths, capacity);
  columns.labels = lengthened(columns.labels, capacity);
  columns.nameWords = lengthened(columns.nameWords, 2 * capacity);
  columns.firstAlike = lengthened(columns.firstAlike, contents);
  columns.nextAlike = lengthened(columns.nextAlike, capacity);
  columns.prevAlike = lengthened(columns.prevAlike, capacity);
}

function findNamed({ nameWords }: BlockColumns, table: IdTable, name: bigint): number {
  const low = Number(name & 0xffff_ffffn);
  const high = Number(name >> 32n);
  return table.find(
    low,
    (block) => nameWords[2 * block] === low && nameWords[2 * block + 1] === high,
  );
}

function linkAlike(
  { contentOf, firstAlike, nextAlike, prevAlike }: BlockColumns,
  block: number,
  contents: Contents,
): void {
  const content = contentOf[block];
  const next = contents.isSingle(content) ? NONE : firstAlike[content];
  nextAlike[block] = next;
  prevAlike[block] = NONE;
  if (next !== NONE) prevAlike[next] = block;
  firstAlike[content] = block;
}

function unlinkAlike(
  { contentOf, firstAlike, nextAlike, prevAlike }: BlockColumns,
  block: number,
): void {
  const next = nextAlike[block];
  const prev = prevAlike[block];
  if (next !== NONE) prevAlike[next] = prev;
  if (prev === NONE) firstAlike[contentOf[block]] = next;
  else nextAlike[prev] = next;
}

import { grownUint32 } from '@wavetune/interning';
import { hashOfText } from './text-hash.ts';

/** Texts outside of the heap, each once, numbered from 0 in order of first appearance. Any string comes back as it was. */
export interface TextPool {
  /** The number of a text, which is added where it is new. */
  readonly idOf: (text: string) => number;
  /** Undefined where there is no such text. */
  readonly find: (text: string) => number | undefined;
  readonly textOf: (id: number) => string;
  /** Negative where text `a` comes before text `b` in code-unit order; no string is made. */
  readonly compare: (a: number, b: number) => number;
}

/** Bytes where no code unit is above 255, else two bytes a unit, the lower first; each text begins at a multiple of four. */
interface Texts {
  count: number;
  bytes: Buffer;
  /** By text, beside each other: see {@link HEAD}. */
  heads: Uint32Array;
  /** Number + 1, open addressing, linear probing; 0 where there is none. */
  slots: Uint32Array;
  endWord: number;
}

/**
 * Where a text begins, in words of four bytes; twice its units, and one more where a unit takes two bytes; its hash.
 */
const HEAD = { start: 0, size: 1, hash: 2, width: 3 } as const;
const FIRST_TEXTS = 64;

/** Memory: the bytes of the texts, and about 24 a text. */
export function createTextPool(): TextPool {
  const texts: Texts = {
    count: 0,
    bytes: Buffer.alloc(16 * FIRST_TEXTS),
    heads: new Uint32Array(FIRST_TEXTS * HEAD.width),
    slots: new Uint32Array(2 * FIRST_TEXTS),
    endWord: 0,
  };
  return {
    idOf: (text) => {
      const hash = hashOfText(text);
      const slot = slotOf(texts, text, hash);
      return texts.slots[slot] > 0 ? texts.slots[slot] - 1 : add(texts, text, { hash, slot });
    },
    find: (text) => {
      const found = texts.slots[slotOf(texts, text, hashOfText(text))];
      return found === 0 ? undefined : found - 1;
    },
    textOf: (id) => textOf(texts, id),
    compare: (a, b) => compare(texts, a, b),
  };
}

/** Where the text stands, or where it would. */
function slotOf(texts: Texts, text: string, hash: number): number {
  const { slots, heads } = texts;
  const mask = slots.length - 1;
  let at = hash & mask;
  while (slots[at] !== 0) {
    const id = slots[at] - 1;
    if (heads[id * HEAD.width + HEAD.hash] === hash && isText(texts, id, text)) return at;
    at = (at + 1) & mask;
  }
  return at;
}

function isText(texts: Texts, id: number, text: string): boolean {
  const { bytes, heads } = texts;
  const size = heads[id * HEAD.width + HEAD.size];
  if (size >>> 1 !== text.length) return false;
  const start = 4 * heads[id * HEAD.width];
  const step = 1 + (size & 1);
  for (let i = 0; i < text.length; i++) {
    if (unitAt(bytes, start + i * step, step) !== text.charCodeAt(i)) return false;
  }
  return true;
}

function unitAt(bytes: Buffer, at: number, sizeBytes: number): number {
  return sizeBytes === 1 ? bytes[at] : bytes[at] | (bytes[at + 1] << 8);
}

function add(
  texts: Texts,
  text: string,
  { hash, slot }: { readonly hash: number; readonly slot: number },
): number {
  const id = texts.count++;
  const isWide = hasWideUnit(text);
  const start = 4 * texts.endWord;
  const length = isWide ? 2 * text.length : text.length;
  reserve(texts, start + length);
  texts.bytes.write(text, start, isWide ? 'utf16le' : 'latin1');
  const size = 2 * text.length + (isWide ? 1 : 0);
  texts.heads.set([texts.endWord, size, hash], id * HEAD.width);
  texts.slots[slot] = id + 1;
  texts.endWord += Math.ceil(length / 4);
  if (4 * texts.count > 3 * texts.slots.length) doubleSlots(texts);
  return id;
}

function hasWideUnit(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return true;
  return false;
}

function reserve(texts: Texts, endBytes: number): void {
  texts.heads = grownUint32(texts.heads, texts.count * HEAD.width);
  if (endBytes <= texts.bytes.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(endBytes, 2 * texts.bytes.length));
  texts.bytes.copy(larger, 0, 0, 4 * texts.endWord);
  texts.bytes = larger;
}

function doubleSlots(texts: Texts): void {
  const slots = new Uint32Array(2 * texts.slots.length);
  const mask = slots.length - 1;
  for (let id = 0; id < texts.count; id++) {
    let at = texts.heads[id * HEAD.width + HEAD.hash] & mask;
    while (slots[at] !== 0) at = (at + 1) & mask;
    slots[at] = id + 1;
  }
  texts.slots = slots;
}

function textOf({ bytes, heads }: Texts, id: number): string {
  const start = 4 * heads[id * HEAD.width];
  const size = heads[id * HEAD.width + HEAD.size];
  return (size & 1) === 0
    ? bytes.toString('latin1', start, start + (size >>> 1))
    : bytes.toString('utf16le', start, start + size - 1);
}

function compare({ bytes, heads }: Texts, a: number, b: number): number {
  if (a === b) return 0;
  const startA = 4 * heads[a * HEAD.width];
  const startB = 4 * heads[b * HEAD.width];
  const sizeA = heads[a * HEAD.width + HEAD.size];
  const sizeB = heads[b * HEAD.width + HEAD.size];
  const stepA = 1 + (sizeA & 1);
  const stepB = 1 + (sizeB & 1);
  const shared = Math.min(sizeA >>> 1, sizeB >>> 1);
  for (let i = 0; i < shared; i++) {
    const own = unitAt(bytes, startA + i * stepA, stepA);
    const other = unitAt(bytes, startB + i * stepB, stepB);
    if (own !== other) return own - other;
  }
  return (sizeA >>> 1) - (sizeB >>> 1);
}

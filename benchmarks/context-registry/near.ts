// Near search among a million blocks beside a linear scan, and what it finds by how many tokens were changed.
import {
  createSignatureIndex,
  createSimHash,
  editDistance,
  hammingBits,
  MAX_DISTANCE_BITS,
  type Signature,
  type SignatureIndex,
} from '@wavetune/context-registry';
import { createRng } from '@wavetune/core';
import { median } from '../support/whole-process.ts';
import { BLOCK, changeTokens, drawBlocks } from './blocks.ts';

const QUERIES = 1_000;
const SCANS = 20;
const CANDIDATES = new Uint32Array(65_536);
const simHash = createSimHash(BLOCK);

interface Blocks {
  readonly tokens: Uint32Array;
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly index: SignatureIndex;
}

/** Prints the search's figures, then the table by changed tokens. */
export function benchNear(count: number): void {
  const blocks = buildBlocks(count);
  const rng = createRng(2);
  const queries = Array.from({ length: QUERIES }, (_, i) =>
    signatureOf(changeTokens(blockAt(blocks, rng.nextBelow(count)), i % 5, rng)),
  );
  const micros = queries.map((query) => microsOf(() => blocks.index.search(query, 8, CANDIDATES)));
  let inspected = 0;
  for (const query of queries) {
    blocks.index.search(query, MAX_DISTANCE_BITS, CANDIDATES);
    inspected += blocks.index.inspected;
  }
  const scanned = queries.slice(0, SCANS);
  const scanMicros = median(scanned.map((query) => microsOf(() => scan(blocks, query))));
  const recall = scanned.map((query) => recallOf(blocks, query));
  const p99 = micros.toSorted((a, b) => a - b)[Math.floor(0.99 * QUERIES)];
  console.log(`${count.toLocaleString('en-US')} blocks, distance at most 8 of 64 bits`);
  console.log(
    `  a query          ${median(micros).toFixed(0)} µs, 99 % under ${p99.toFixed(0)} µs`,
  );
  console.log(`  a linear scan    ${scanMicros.toFixed(0)} µs`);
  console.log(
    `  inspected        ${((100 * inspected) / QUERIES / count).toFixed(2)} % of the blocks`,
  );
  console.log(`  recall           ${Math.min(...recall).toFixed(4)} of what ${SCANS} scans found`);
  console.log(`  memory           ${(blocks.index.sizeBytes / count).toFixed(0)} bytes a block\n`);
  printByChanges(blocks, count);
}

function buildBlocks(count: number): Blocks {
  const tokens = drawBlocks(count, 1);
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  const index = createSignatureIndex();
  const signature = { low: 0, high: 0 };
  for (let id = 0; id < count; id++) {
    simHash(tokens, id * BLOCK, signature);
    low[id] = signature.low;
    high[id] = signature.high;
    index.add(id, signature);
  }
  return { tokens, low, high, index };
}

/**
 * Recall: of the blocks with so many tokens changed, how many are found from the changed one. Precision: of what the search
 * returns, the share that is the block itself, before and after candidates are compared token by token.
 */
function printByChanges(blocks: Blocks, count: number): void {
  console.log('| tokens changed of 16 | recall | candidates a query | precision before | after |');
  console.log('|---:|---:|---:|---:|---:|');
  const rng = createRng(3);
  for (const changes of [0, 1, 2, 3, 4, 6, 8]) {
    let found = 0;
    let candidates = 0;
    let verified = 0;
    for (let q = 0; q < QUERIES; q++) {
      const id = rng.nextBelow(count);
      const query = changeTokens(blockAt(blocks, id), changes, rng);
      const hits = blocks.index.search(signatureOf(query), MAX_DISTANCE_BITS, CANDIDATES);
      candidates += hits;
      for (const hit of CANDIDATES.subarray(0, Math.min(hits, CANDIDATES.length))) {
        if (hit === id) found++;
        if (editDistance(query, blockAt(blocks, hit)) * 2 <= BLOCK) verified++;
      }
    }
    const cells = [
      changes,
      percent(found, QUERIES),
      (candidates / QUERIES).toFixed(3),
      percent(found, candidates),
      percent(found, verified),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function blockAt({ tokens }: Blocks, id: number): Uint32Array {
  return tokens.subarray(id * BLOCK, (id + 1) * BLOCK);
}

function signatureOf(tokens: Uint32Array): Signature {
  const out = { low: 0, high: 0 };
  simHash(tokens, 0, out);
  return out;
}

function scan({ low, high }: Blocks, query: Signature): readonly number[] {
  const found: number[] = [];
  const one = { low: 0, high: 0 };
  for (let id = 0; id < low.length; id++) {
    one.low = low[id];
    one.high = high[id];
    if (hammingBits(one, query) <= MAX_DISTANCE_BITS) found.push(id);
  }
  return found;
}

function recallOf(blocks: Blocks, query: Signature): number {
  const wanted = scan(blocks, query);
  const count = blocks.index.search(query, MAX_DISTANCE_BITS, CANDIDATES);
  const found = new Set(CANDIDATES.subarray(0, count));
  return wanted.length === 0 ? 1 : wanted.filter((id) => found.has(id)).length / wanted.length;
}

function microsOf(run: () => unknown): number {
  const start = performance.now();
  run();
  return (performance.now() - start) * 1_000;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

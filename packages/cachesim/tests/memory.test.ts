import { afterEach, describe, expect, it, vi } from 'vitest';
import { EVICTION_POLICIES, linkReferences, replay } from '../src/index.ts';
import { columnsOf } from './columns-of.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const TYPED_ARRAYS = [
  'Uint8Array',
  'Uint16Array',
  'Uint32Array',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigUint64Array',
] as const;

/** Bytes of the typed arrays made during `run`, none counted as given back, and of the memories of compiled kernels. */
function bytesAllocated(run: () => void): number {
  let bytes = 0;
  const memories: WebAssembly.Memory[] = [];
  for (const name of TYPED_ARRAYS) {
    const counting = new Proxy(globalThis[name], {
      construct(target, words: [unknown, ...unknown[]], newTarget) {
        const made: ArrayBufferView = Reflect.construct(target, words, newTarget);
        if (!(words[0] instanceof ArrayBuffer || words[0] instanceof SharedArrayBuffer)) {
          bytes += made.byteLength;
        }
        return made;
      },
    });
    vi.stubGlobal(name, counting);
  }
  const { Instance } = WebAssembly;
  vi.stubGlobal('WebAssembly', {
    ...{ Module: WebAssembly.Module, Global: WebAssembly.Global },
    Instance: new Proxy(Instance, {
      construct(target, words) {
        const instance: WebAssembly.Instance = Reflect.construct(target, words);
        if (instance.exports.memory instanceof WebAssembly.Memory) {
          memories.push(instance.exports.memory);
        }
        return instance;
      },
    }),
    Memory: WebAssembly.Memory,
  });
  run();
  vi.unstubAllGlobals();
  return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, bytes);
}

const CHAINS = 4000;
const LENGTH = 10;
/** Two visits to each of many chains, the second after 800 others: 40,000 distinct blocks. */
const columns = columnsOf(
  Array.from({ length: 2 * CHAINS }, (_, r) => {
    const chain = r % 2 === 0 ? r / 2 : Math.max(0, (r - 1) / 2 - 800);
    return { ids: Array.from({ length: LENGTH }, (_, i) => chain * LENGTH + i), namespace: chain };
  }),
  16,
);
const distinctBlocks = columns.parents.length;
const references = linkReferences(columns.blocks, distinctBlocks);
/** What does not grow with the trace: the stage of a compiled kernel, whole pages, first logs. */
const FIXED = 192 * 1024;

const WAYS = [
  { residency: 'closed', hits: 'continuous' },
  { residency: 'free', hits: 'continuous' },
  { residency: 'free', hits: 'independent' },
] as const;

describe.each([...EVICTION_POLICIES.map(({ name }) => name), 'optimum'])(
  'memory of %s',
  (policy) => {
    it.each(WAYS)('is 40 bytes a distinct block at most ($residency, $hits)', (way) => {
      for (const share of [0.1, 0.9]) {
        const capacityBlocks = Math.round(share * distinctBlocks);
        const bytes = bytesAllocated(() => {
          replay(columns, { policy, capacityBlocks, ...way }, references);
        });
        // LRU over loose references has no state at all: it reads the links.
        if (policy !== 'lru') expect(bytes).toBeGreaterThan(distinctBlocks / 8);
        expect((bytes - FIXED) / distinctBlocks).toBeLessThanOrEqual(40);
      }
    });
  },
);

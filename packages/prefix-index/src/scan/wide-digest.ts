import { readFileSync } from 'node:fs';

/** XXH3-128 of bytes that come in pieces. */
export interface WideDigest {
  /** Where the next piece is put, from its beginning on; until the next one is added. */
  readonly room: () => Uint8Array;
  /** The first bytes of the room are the next piece. */
  readonly add: (length: number) => void;
  /** Of more than 240 bytes in all, hexadecimal. Once. */
  readonly end: () => string;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly pieceBytes: () => number;
  readonly pieceAt: () => number;
  readonly secretAt: () => number;
  readonly addPiece: (length: number) => void;
  readonly endPieces: () => number;
}

const SUMS = 8;
const SECRET_WORDS = 24;
const LOW_SECRET = 11;
const HIGH_SECRET = 117;
const LOW_PRIME = 0x9e3779b185ebca87n;
const HIGH_PRIME = 0xc2b2ae3d27d4eb4fn;
const LAST_PRIME = 0x165667919e3779f9n;

/** The sums are made by `assembly/digest.ts`, and put together here. */
export function createWideDigest(): WideDigest {
  const module = new WebAssembly.Module(readFileSync(new URL('digest.wasm', import.meta.url)));
  const wasm = new WebAssembly.Instance(module).exports as unknown as Exports;
  let length = 0n;
  return {
    room: () => new Uint8Array(wasm.memory.buffer, wasm.pieceAt(), wasm.pieceBytes()),
    add: (bytes) => {
      length += BigInt(bytes);
      wasm.addPiece(bytes);
    },
    end: () => {
      const { buffer } = wasm.memory;
      const sums = new BigUint64Array(buffer, wasm.endPieces(), SUMS);
      const secret = new DataView(buffer, wasm.secretAt(), 8 * SECRET_WORDS);
      const low = merged(sums, secret, LOW_SECRET, word(length * LOW_PRIME));
      const high = merged(sums, secret, HIGH_SECRET, word(~(length * HIGH_PRIME)));
      return [high, low].map((half) => half.toString(16).padStart(16, '0')).join('');
    },
  };
}

function merged(sums: BigUint64Array, secret: DataView, at: number, start: bigint): bigint {
  let sum = start;
  for (let i = 0; i < SUMS; i += 2) {
    const one = sums[i] ^ secret.getBigUint64(at + 8 * i, true);
    const product = one * (sums[i + 1] ^ secret.getBigUint64(at + 8 * i + 8, true));
    sum = word(sum + (word(product) ^ (product >> 64n)));
  }
  sum = word((sum ^ (sum >> 37n)) * LAST_PRIME);
  return sum ^ (sum >> 32n);
}

function word(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

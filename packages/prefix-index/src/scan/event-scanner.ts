import { readFileSync, readSync } from 'node:fs';
import { LEAST_BUCKET, leastLatencies } from '../totals/latency-buckets.ts';
import { EMPTY_ROW } from '../totals/totals-columns.ts';
import { EVENT_FIELDS } from './event-fields.ts';

/** What events are judged and weighed by. */
export interface ScanRules {
  readonly halfLifeMillis: number;
  /** Later events are bad. */
  readonly latestMillis: number;
}

/** A part of a file: the lines that begin in it. */
export interface FilePart {
  readonly descriptor: number;
  readonly from: number;
  readonly to: number;
  /** Of the file. */
  readonly sizeBytes: number;
}

/** One of several scanners that share a file: each holds the rows of some prefixes, and sends events of others to theirs. */
export interface Share {
  readonly count: number;
  /** Of this one, from 0 on. */
  readonly number: number;
}

/** Sums lines of prefix events outside of the heap; see `assembly`. */
export interface EventScanner {
  /** @returns False where not every line is plainly a good event: then nothing that this scanner holds is of use. */
  readonly scan: (part: FilePart) => boolean;
  readonly eventCount: () => number;
  /** All rows, in one piece; valid until this one is used again. */
  readonly layOut: () => Uint8Array;
  /** Whether some text is not ASCII, and may be no UTF-8. */
  readonly isWide: () => boolean;
  /** What was scanned of another's rows since this was last asked; undefined for nothing. Valid until the next scan. */
  readonly takeSent: (to: number) => Uint8Array | undefined;
  /** Adds what another one sent, which comes in the order in which it was taken. @returns False as {@link EventScanner.scan}. */
  readonly addSent: (from: number, sent: Uint8Array) => boolean;
}

const NAME_BYTES = 24;
const POWERS = 23;

interface ShareExports {
  readonly memory: WebAssembly.Memory;
  readonly makeRoom: (bytes: number) => number;
  readonly sentAt: (to: number) => number;
  readonly sentBytes: (to: number) => number;
  readonly clearSent: (to: number) => void;
  readonly addSent: (from: number, at: number, length: number) => number;
}

interface Exports extends ShareExports {
  readonly scan: (length: number, limit: number, isMiddle: boolean) => number;
  readonly setRules: (halfLife: number, latest: number, leastBucket: number) => void;
  readonly setShare: (count: number, number: number) => void;
  readonly [address: string]: unknown;
}

/** A line may be so much longer than the part that it begins in. */
const OVERHANG_BYTES = 2 ** 16;

let compiled: WebAssembly.Module | undefined;

/** A scanner that holds nothing. */
export function createEventScanner(rules: ScanRules, share: Share): EventScanner {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('events.wasm', import.meta.url)));
  const roundDecimal = (at: number, length: number): number => Number(latin1(at, length));
  const instance = new WebAssembly.Instance(compiled, { number: { roundDecimal } });
  const wasm = instance.exports as unknown as Exports;
  const latin1 = (at: number, length: number): string =>
    Buffer.from(wasm.memory.buffer, at, length).toString('latin1');
  const ask = (name: string): number => (wasm[name] as () => number)() >>> 0;
  setUp(wasm, ask, rules);
  wasm.setShare(share.count, share.number);
  const input = ask('inputAt');
  return {
    ...exchangeOf(wasm),
    scan: ({ descriptor, from, to, sizeBytes }) => {
      const start = Math.max(0, from - 1);
      const wanted = Math.min(sizeBytes, to + OVERHANG_BYTES) - start;
      const room = new Uint8Array(wasm.memory.buffer, input, wanted);
      return (
        readFully(descriptor, room, start) &&
        withoutTrap(() => wasm.scan(wanted, to - start, from > 0) !== 0)
      );
    },
    eventCount: () => ask('eventCount'),
    layOut: () => {
      const at = ask('layOut');
      return new Uint8Array(wasm.memory.buffer, at, ask('layoutBytes'));
    },
    isWide: () => ask('isWide') !== 0,
  };
}

/** What a kernel that has a share sends and gets. */
export function exchangeOf(wasm: ShareExports): Pick<EventScanner, 'takeSent' | 'addSent'> {
  let room = 0;
  let roomBytes = 0;
  return {
    takeSent: (to) => {
      const length = wasm.sentBytes(to) >>> 0;
      if (length === 0) return undefined;
      wasm.clearSent(to);
      return new Uint8Array(wasm.memory.buffer, wasm.sentAt(to) >>> 0, length);
    },
    addSent: (from, sent) =>
      withoutTrap(() => {
        if (sent.length > roomBytes) {
          roomBytes = 2 * sent.length;
          room = wasm.makeRoom(roomBytes) >>> 0;
        }
        new Uint8Array(wasm.memory.buffer, room).set(sent);
        return wasm.addSent(from, room, sent.length) !== 0;
      }),
  };
}

/** What the kernel is told before the first line. */
function setUp(wasm: Exports, ask: (name: string) => number, rules: ScanRules): void {
  const bytes = Buffer.from(wasm.memory.buffer);
  const names = ask('fieldNames');
  EVENT_FIELDS.forEach((name, field) => {
    const at = names + field * NAME_BYTES;
    bytes.write(`${name}"`, at, 'latin1');
    bytes[at + NAME_BYTES - 1] = name.length;
  });
  const put = (name: string, values: readonly number[]): void =>
    new Float64Array(wasm.memory.buffer, ask(name), values.length).set(values);
  put(
    'powersOfTen',
    Array.from({ length: POWERS }, (_, power) => Number(`1e${power}`)),
  );
  put('emptyNumbersAt', EMPTY_ROW);
  put('bucketBounds', leastLatencies());
  wasm.setRules(rules.halfLifeMillis, rules.latestMillis, LEAST_BUCKET);
}

function readFully(descriptor: number, room: Uint8Array, start: number): boolean {
  let length = 0;
  while (length < room.length) {
    const read = readSync(descriptor, room, length, room.length - length, start + length);
    if (read === 0) return false;
    length += read;
  }
  return true;
}

/** The kernel traps where its memory is at its end, at 4 GiB. */
function withoutTrap(run: () => boolean): boolean {
  try {
    return run();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return false;
    throw error;
  }
}

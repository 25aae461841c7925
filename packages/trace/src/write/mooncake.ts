import { finaliseSplitmix64 } from '../hash/splitmix64.ts';
import { type ByteWriter, createByteWriter, U64_DIGITS } from './byte-writer.ts';

/** What a line of a Mooncake trace says. */
export interface MooncakeRequest {
  /** Whole. */
  readonly timeMillis: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** `⌈inputTokens / block size⌉` of them; read while the line is made, and not kept. */
  readonly blocks: Uint32Array;
  readonly tenant: number;
  /** `undefined` where nobody knows it. */
  readonly session: number | undefined;
}

/** How a line is written. */
export interface MooncakeOptions {
  /** `dense`: the ids as they are. `u64`: each replaced by a number that looks like a hash, one to one. */
  readonly ids?: 'dense' | 'u64';
  /** Also writes `tenant` and `session_id`, as text of their numbers. */
  readonly labels?: boolean;
}

const PART_BYTES = 1 << 18;
const LINE_BYTES_BESIDE_IDS = 160;

/**
 * Lines `{"timestamp":…,"input_length":…,"output_length":…,"hash_ids":[…]}` in parts of about 256 KiB, as UTF-8.
 *
 * Cost: one pass; memory for one part and one line.
 */
export function* mooncakeLines(
  requests: Iterable<MooncakeRequest>,
  options: MooncakeOptions = {},
): Generator<Uint8Array, void, undefined> {
  const writer = createByteWriter();
  const writeId = options.ids === 'u64' ? createHashedIdWriter(writer) : writer.integer;
  for (const request of requests) {
    const { blocks } = request;
    writer.reserve(LINE_BYTES_BESIDE_IDS + blocks.length * (U64_DIGITS + 1));
    writer.ascii('{"timestamp":');
    writer.integer(request.timeMillis);
    writer.ascii(',"input_length":');
    writer.integer(request.inputTokens);
    writer.ascii(',"output_length":');
    writer.integer(request.outputTokens);
    writer.ascii(',"hash_ids":[');
    for (let i = 0; i < blocks.length; i++) {
      if (i > 0) writer.ascii(',');
      writeId(blocks[i]);
    }
    writer.ascii(']');
    if (options.labels) writeLabels(writer, request);
    writer.ascii('}\n');
    if (writer.length >= PART_BYTES) yield writer.take();
  }
  if (writer.length > 0) yield writer.take();
}

function writeLabels(writer: ByteWriter, { tenant, session }: MooncakeRequest): void {
  writer.ascii(`,"tenant":"${tenant}"`);
  if (session !== undefined) writer.ascii(`,"session_id":"${session}"`);
}

/** Added to an id before it is mixed, so that id 0 does not stay 0: 2^64 divided by the golden ratio, as SplitMix64 does. */
const GAMMA_LO = 0x7f4a_7c15;
const GAMMA_HI = 0x9e37_79b9;

function createHashedIdWriter(writer: ByteWriter): (id: number) => void {
  const x = { lo: 0, hi: 0 };
  return (id) => {
    const low = id + GAMMA_LO;
    x.lo = low >>> 0;
    x.hi = (GAMMA_HI + (low > 0xffff_ffff ? 1 : 0)) >>> 0;
    finaliseSplitmix64(x);
    writer.u64(x.lo, x.hi);
  };
}

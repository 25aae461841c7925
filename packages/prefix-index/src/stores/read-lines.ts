import { createReadStream } from 'node:fs';

/** A line with its line end, and where it begins. */
export interface PlacedLine {
  readonly bytes: Buffer;
  readonly offsetBytes: number;
  /** From 1. */
  readonly number: number;
}

/** The whole lines of a file's first bytes, some thousand at a time; what follows the last line end is left out. */
export async function* readLines(
  path: string,
  sizeBytes: number,
): AsyncGenerator<readonly PlacedLine[]> {
  if (sizeBytes === 0) return;
  let carried: Buffer = Buffer.alloc(0);
  let offsetBytes = 0;
  let number = 0;
  const stream = createReadStream(path, { end: sizeBytes - 1, highWaterMark: 1 << 20 });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const bytes = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
    const lines: PlacedLine[] = [];
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      number++;
      lines.push({ bytes: bytes.subarray(from, end + 1), offsetBytes: offsetBytes + from, number });
      from = end + 1;
    }
    offsetBytes += from;
    carried = bytes.subarray(from);
    yield lines;
  }
}

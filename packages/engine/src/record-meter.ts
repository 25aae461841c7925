import type { FilePlace } from '@wavetune/sql';
import { engineError } from './engine-errors.ts';

/** Measures records of a text as its bytes go by. */
export interface RecordMeter {
  add(bytes: Buffer): void;
  /** What the reader has to be told. */
  found(): Pick<FilePlace, 'longestLineBytes' | 'hasQuotedLineEnds'>;
}

/** Chosen: above every log line of the field, below what two threads' buffers may take. */
const MAX_LINE_BYTES = 2 ** 26;

const LF = 0x0a;
const QUOTE = 0x22;

/**
 * A meter for records that end with their line or, in a CSV, with the first line end at which no quote is open.
 *
 * A quote inside an unquoted value counts as an opening one, so a CSV's records may be taken for longer than they are:
 * that costs buffers and parallelism, never rows.
 *
 * @param file - What messages call it.
 * @throws WavetuneError `engine.line-too-long`, from `add`.
 */
export function createRecordMeter(file: string, records: 'lines' | 'csv' | 'none'): RecordMeter {
  let line = 1;
  let lineBytes = 0;
  let recordBytes = 0;
  let longest = 0;
  let isQuoted = false;
  let hasQuotedLineEnds = false;
  const extend = (bytes: number): void => {
    lineBytes += bytes;
    recordBytes += bytes;
    longest = Math.min(MAX_LINE_BYTES, Math.max(longest, recordBytes));
    if (lineBytes > MAX_LINE_BYTES) {
      throw engineError('engine.line-too-long', { path: file, line, limitBytes: MAX_LINE_BYTES });
    }
  };
  const endLine = (): void => {
    line++;
    lineBytes = 0;
    if (isQuoted) hasQuotedLineEnds = true;
    else recordBytes = 0;
  };
  const add = (bytes: Buffer): void => {
    let from = 0;
    for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, from)) {
      if (records === 'csv' && hasOddQuotes(bytes.subarray(from, at))) isQuoted = !isQuoted;
      extend(at + 1 - from);
      endLine();
      from = at + 1;
    }
    if (records === 'csv' && hasOddQuotes(bytes.subarray(from))) isQuoted = !isQuoted;
    extend(bytes.length - from);
  };
  return {
    add: records === 'none' ? () => undefined : add,
    found: () => ({ longestLineBytes: longest, hasQuotedLineEnds }),
  };
}

/** The number of quotes is odd. */
function hasOddQuotes(bytes: Buffer): boolean {
  let isOdd = false;
  for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) isOdd = !isOdd;
  return isOdd;
}

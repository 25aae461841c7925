import { crc32 } from 'node:zlib';
import type { BatchRecord } from './index-store.ts';
import { type Line, parseLine, parseStoreLine, type StoreLine } from './jsonl-text.ts';
import { type PlacedLine, readLines } from './read-lines.ts';
import { settingsFault } from './settings-match.ts';
import { storeError } from './store-errors.ts';

/** What a JSONL store holds beside its entries. */
export interface JsonlContent {
  readonly store: StoreLine['store'];
  readonly batches: readonly BatchRecord[];
  readonly rowCount: number;
  readonly logSequence: number;
  /** Where the last whole commit ends; what follows was cut short. */
  readonly endBytes: number;
}

/** The lines since the last commit line. */
interface Group {
  lines: number;
  checksum: number;
  rows: number;
  batches: BatchRecord[];
  fault: string | undefined;
}

interface Scan {
  store: StoreLine['store'] | undefined;
  readonly batches: BatchRecord[];
  rowCount: number;
  logSequence: number;
  endBytes: number;
  group: Group;
  /** The first commit that does not hold. */
  broken:
    | { readonly line: number; readonly offsetBytes: number; readonly reason: string }
    | undefined;
}

const ENTRY_START = Buffer.from('{"entry":');

/**
 * Checks every commit of the file. A last commit that does not hold was cut short; one that others follow is damage.
 *
 * Cost: the file's bytes once; entries are not parsed.
 *
 * @throws WavetuneError `index-store.damaged`, `index-store.not-a-store`.
 */
export async function scanJsonl(path: string, sizeBytes: number): Promise<JsonlContent> {
  const scan: Scan = {
    store: undefined,
    batches: [],
    rowCount: 0,
    logSequence: 0,
    endBytes: 0,
    group: emptyGroup(),
    broken: undefined,
  };
  for await (const lines of readLines(path, sizeBytes)) {
    for (const line of lines) takeLine(scan, path, line);
  }
  const { store } = scan;
  if (store === undefined) {
    throw storeError('index-store.not-a-store', { path, reason: 'its first line is cut short' });
  }
  return { ...scan, store };
}

function emptyGroup(): Group {
  return { lines: 0, checksum: 0, rows: 0, batches: [], fault: undefined };
}

function takeLine(scan: Scan, path: string, line: PlacedLine): void {
  if (scan.store === undefined) {
    scan.store = storeOf(path, line);
    scan.endBytes = line.bytes.length;
    return;
  }
  const { group } = scan;
  const parsed = parsedOf(line.bytes);
  if (parsed?.kind === 'commit') {
    takeCommit(scan, path, { line, commit: parsed });
    return;
  }
  group.lines++;
  group.checksum = crc32(line.bytes, group.checksum);
  if (parsed === undefined) group.fault ??= `line ${line.number} is no batch, entry or commit`;
  else if (parsed.kind === 'batch') group.batches.push(parsed.batch);
  else group.rows++;
}

/** An entry's text is left for when it is loaded. */
function parsedOf(bytes: Buffer): Exclude<Line, { kind: 'entry' }> | { kind: 'entry' } | undefined {
  if (bytes.compare(ENTRY_START, 0, ENTRY_START.length, 0, ENTRY_START.length) === 0) {
    return { kind: 'entry' };
  }
  try {
    return parseLine(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

interface CommitAt {
  readonly line: PlacedLine;
  readonly commit: Extract<Line, { kind: 'commit' }>;
}

function takeCommit(scan: Scan, path: string, { line, commit }: CommitAt): void {
  const { group } = scan;
  scan.group = emptyGroup();
  const fault = group.fault ?? checkCommit(group, commit);
  if (fault !== undefined) {
    scan.broken ??= { line: line.number, offsetBytes: scan.endBytes, reason: fault };
    return;
  }
  if (scan.broken !== undefined) {
    const { line: number, offsetBytes, reason } = scan.broken;
    const place = `byte ${offsetBytes}, before line ${number}`;
    throw storeError('index-store.damaged', { path, place, reason });
  }
  scan.batches.push(...group.batches);
  scan.rowCount += group.rows;
  scan.logSequence = Math.max(scan.logSequence, commit.logSequence);
  scan.endBytes = line.offsetBytes + line.bytes.length;
}

function checkCommit(group: Group, commit: CommitAt['commit']): string | undefined {
  if (commit.lines !== group.lines) return `a commit of ${commit.lines} lines has ${group.lines}`;
  return commit.crc32 === group.checksum ? undefined : 'a checksum does not hold';
}

function storeOf(path: string, { bytes }: PlacedLine): StoreLine['store'] {
  try {
    return parseStoreLine(bytes.toString('utf8'));
  } catch (cause) {
    const reason = settingsFault(cause, 'its first line is not {"store": …}');
    throw storeError('index-store.not-a-store', { path, reason }, { cause });
  }
}

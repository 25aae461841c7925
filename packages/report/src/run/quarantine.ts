import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** Records that were not read, by reason. */
export interface QuarantineSummary {
  readonly records: number;
  /** Most frequent first; ties by text. */
  readonly reasons: readonly {
    readonly reason: string;
    readonly records: number;
    /** The first of them: `file:record`. */
    readonly example: string;
  }[];
}

/** Reasons that are told apart; the rest is summed. Numbers in a reason are taken for places, not for kinds. */
const REASONS_KEPT = 1000;

/** Sums up a quarantine file, read as a stream; lines that are no bad record count as `unreadable line`. */
export async function summariseQuarantine(path: string): Promise<QuarantineSummary> {
  const found = new Map<string, { records: number; readonly example: string }>();
  let records = 0;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    if (line === '') continue;
    records++;
    const { reason, example } = parseLine(line);
    const known = found.get(reason);
    if (known !== undefined) known.records++;
    else if (found.size < REASONS_KEPT) found.set(reason, { records: 1, example });
    else
      found.set('other reasons', {
        records: (found.get('other reasons')?.records ?? 0) + 1,
        example,
      });
  }
  const reasons = [...found].map(([reason, entry]) => ({ reason, ...entry }));
  reasons.sort((a, b) => b.records - a.records || (a.reason < b.reason ? -1 : 1));
  return { records, reasons };
}

function parseLine(line: string): { readonly reason: string; readonly example: string } {
  const value = parseObject(line);
  if (typeof value.reason !== 'string') return { reason: 'unreadable line', example: '' };
  const { reason, file, record } = value;
  return { reason: reason.replace(/\d+/g, 'n'), example: `${String(file)}:${String(record)}` };
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

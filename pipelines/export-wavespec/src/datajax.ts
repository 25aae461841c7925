import { readFile } from 'node:fs/promises';
import { cliError } from '@wavetune/cli';
import type { DatajaxWaveSpec } from '@wavetune/documents';
import type { Chunk } from '@wavetune/engine';
import { detectFiles } from '@wavetune/ingest';
import { traceOptionsOf } from '@wavetune/log-input';
import { buildDatajaxWaveSpec, hashLikePandas, keyRowsPlan } from '@wavetune/trace';
import { type RawOptions, topKOf } from './options.ts';
import type { Reading } from './reading.ts';

/** The document of `--prefix-mode datajax`: keys hashed as the original hashes them, cohorts by leading hex digits. */
export async function buildDatajaxDocument(reading: Reading): Promise<DatajaxWaveSpec> {
  const { raw } = reading;
  const { hashes, sizes } = await hashKeys(reading);
  const usageCounts = await readUsage(raw);
  return {
    schema: 'wavespec/1',
    ...buildDatajaxWaveSpec({
      hashes,
      ...(sizes && { sizes: { column: raw.size ?? 'size', bytes: sizes } }),
      keyColumn: raw.key ?? 'key',
      ...(usageCounts && { usageCounts }),
      prefixLen: raw['prefix-len'],
      pageBits: raw['page-bits'],
      topK: finite(topKOf(raw['top-k'])),
    }),
  };
}

interface HashedKeys {
  readonly hashes: BigUint64Array;
  readonly sizes: Float64Array | undefined;
}

async function hashKeys({ raw, files, engine }: Reading): Promise<HashedKeys> {
  const options = traceOptionsOf(raw);
  const { samples } = await detectFiles(files, 'keys', options, engine);
  const hashes: BigUint64Array[] = [];
  const sizes: Float64Array[] = [];
  for await (const chunk of engine.stream(keyRowsPlan(files, options, samples[0]))) {
    hashes.push(hashesOf(chunk));
    const size = chunk.columns.at(1);
    if (size?.kind === 'f64') sizes.push(size.values.slice());
  }
  const rows = hashes.reduce((sum, part) => sum + part.length, 0);
  return {
    hashes: joined(hashes, new BigUint64Array(rows)),
    sizes: sizes.length > 0 ? joined(sizes, new Float64Array(rows)) : undefined,
  };
}

function hashesOf({ rowCount, columns: [key] }: Chunk): BigUint64Array {
  const hashes = new BigUint64Array(rowCount);
  const words = new Uint32Array(hashes.buffer);
  if (key.kind === 'f64') {
    hashLikePandas({ type: 'float', values: key.values, isNull: key.isNull }, words);
  } else if (key.kind === 'text') {
    hashLikePandas({ type: 'text', values: key.values }, words);
  } else if (key.kind === 'i64' || key.kind === 'u64') {
    hashLikePandas({ type: 'integer', words: key.words, isNull: key.isNull }, words);
  } else {
    throw new Error(`a key column of kind ${key.kind}`);
  }
  return hashes;
}

function joined<A extends BigUint64Array | Float64Array>(parts: readonly A[], target: A): A {
  let at = 0;
  for (const part of parts) {
    target.set(part as never, at);
    at += part.length;
  }
  return target;
}

/** @throws WavetuneError `usage.bad-arguments` for a file that is no JSON object of counts. */
async function readUsage(raw: RawOptions): Promise<Readonly<Record<string, number>> | undefined> {
  const path = raw['usage-json'];
  if (path === undefined) return undefined;
  const refuse = (found: string, cause?: unknown) =>
    cliError(
      'usage.bad-arguments',
      {
        command: 'export-wavespec',
        reason: `--usage-json ${path}: ${found}; accepted is a JSON object of column names and counts`,
      },
      { cause },
    );
  let usage: unknown;
  try {
    usage = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw refuse((error as Error).message, error);
  }
  if (typeof usage !== 'object' || usage === null || Array.isArray(usage)) {
    throw refuse('no object');
  }
  const wrong = Object.entries(usage).find(([, count]) => !Number.isSafeInteger(count));
  if (wrong !== undefined) throw refuse(`${wrong[0]} is ${JSON.stringify(wrong[1])}`);
  return usage as Readonly<Record<string, number>>;
}

function finite(limit: number | undefined): number | undefined {
  return limit === Number.POSITIVE_INFINITY ? undefined : limit;
}

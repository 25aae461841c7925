import { readFile } from 'node:fs/promises';
import { cliError } from '@wavetune/cli';
import type { DatajaxWaveSpec } from '@wavetune/documents';
import { readKeyRows } from '@wavetune/ingest';
import { traceOptionsOf } from '@wavetune/log-input';
import { buildDatajaxWaveSpec, hashLikePandas } from '@wavetune/trace';
import { type RawOptions, topKOf } from './options.ts';
import type { Reading } from './reading.ts';

/** The document of `--prefix-mode datajax`: keys hashed as the original hashes them, cohorts by leading hex digits. */
export async function buildDatajaxDocument(reading: Reading): Promise<DatajaxWaveSpec> {
  const { raw, files, engine } = reading;
  const usageCounts = await readUsage(raw);
  const rows = await readKeyRows({ files, options: traceOptionsOf(raw), engine });
  const { key, keyName, sizes, sizeName } = rows;
  const hashes = new BigUint64Array(
    key.type === 'integer' ? key.words.length / 2 : key.values.length,
  );
  hashLikePandas(key, new Uint32Array(hashes.buffer));
  const topK = topKOf(raw['top-k']);
  return {
    schema: 'wavespec/1',
    ...buildDatajaxWaveSpec({
      hashes,
      keyColumn: keyName,
      ...(sizes && sizeName && { sizes: { column: sizeName, bytes: sizes } }),
      ...(usageCounts && { usageCounts }),
      prefixLen: raw['prefix-len'],
      pageBits: raw['page-bits'],
      topK: topK === Number.POSITIVE_INFINITY ? undefined : topK,
    }),
  };
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

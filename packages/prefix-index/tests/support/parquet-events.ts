import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { openEngine } from '@wavetune/engine';
import { detectFiles, withQuarantine } from '@wavetune/ingest';
import { readEventFile } from '../../src/ingest/read-event-file.ts';
import type { ScanRules } from '../../src/scan/event-scanner.ts';
import type { FileTotals } from '../../src/totals/file-totals.ts';

/** Makes Parquet files of prefix events, and sums them in the engine. */
export interface ParquetEvents {
  /** @param rows - A query over `events`, a table of these; what it gives is written. */
  readonly write: (events: readonly object[], rows: string, options: string) => Promise<string>;
  /** The totals, and how many events were bad. */
  readonly sumInEngine: (path: string) => Promise<FileTotals & { readonly bad: number }>;
  readonly close: () => Promise<void>;
}

const COLUMNS = {
  prefix_id: 'VARCHAR',
  tenant: 'VARCHAR',
  model_id: 'VARCHAR',
  layer: 'VARCHAR',
  page_start: 'DOUBLE',
  page_end: 'DOUBLE',
  bytes: 'DOUBLE',
  latency_ms: 'DOUBLE',
  timestamp_ms: 'DOUBLE',
  parent_prefix_id: 'VARCHAR',
  tokens: 'DOUBLE',
  prefill_ms: 'DOUBLE',
};

export async function openParquetEvents(folder: string, rules: ScanRules): Promise<ParquetEvents> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection: DuckDBConnection = await instance.connect();
  const engine = await openEngine({ threads: 1, memoryLimitBytes: 2 ** 28 });
  const lines = join(folder, 'events.jsonl');
  let files = 0;
  return {
    write: async (events, rows, options) => {
      const path = join(folder, `${files++}.parquet`);
      writeFileSync(lines, events.map((event) => JSON.stringify(event)).join('\n'));
      const columns = Object.entries(COLUMNS).map(([name, type]) => `${name}: '${type}'`);
      await connection.run(
        `CREATE OR REPLACE TABLE events AS FROM read_json('${lines}', format = 'newline_delimited', columns = {${columns.join(', ')}})`,
      );
      await connection.run(`COPY (${rows}) TO '${path}' (FORMAT parquet, ${options})`);
      return path;
    },
    sumInEngine: async (path) => {
      const { format, samples } = await detectFiles([path], 'prefix-events', {}, engine);
      const file = { path, format, options: {}, sample: samples[0] };
      return withQuarantine(undefined, async (quarantine) => {
        const found = await readEventFile(engine, file, { rules, quarantine });
        return { ...found, bad: quarantine.count() };
      });
    },
    close: async () => {
      await engine.close();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

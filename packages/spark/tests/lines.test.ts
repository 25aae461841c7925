import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openEngine } from '@wavetune/engine';
import { asc, col, I64, type Plan, scan, sort } from '@wavetune/ir';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSparkEngine, type SparkEngine } from '../src/index.ts';
import { sharedCluster, whyNoCluster } from './support/cluster.ts';

const TIMEOUT_MILLIS = 180_000;

describe.skipIf(whyNoCluster() !== undefined)(
  'the lines of a text file',
  { timeout: TIMEOUT_MILLIS },
  () => {
    let folder = '';
    let spark: SparkEngine;
    let duckdb: Engine;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'wavetune-lines-'));
      spark = await openSparkEngine((await sharedCluster()).url);
      duckdb = await openEngine({ threads: 1, memoryLimitBytes: 2 ** 29 });
    }, TIMEOUT_MILLIS);
    afterAll(async () => {
      await spark?.close();
      await duckdb?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const onBoth = async (plan: Plan) => [await spark.rows(plan), await duckdb.rows(plan)];

    it('end at line feeds alone, as they do for the embedded engine', async () => {
      const file = write('hand.txt', 'a\rb\n\r\n\r\r\n c\\n"é\r\n\nlast');
      const lines = sort(scan({ format: 'lines', files: [file] }), asc(col('line')));
      const [read, embedded] = await onBoth(lines);
      expect(read.map(({ line, text }) => [line, text])).toEqual([
        [1n, 'a b'],
        [2n, ''],
        [3n, ' '],
        [4n, ' c\\n"é'],
        [5n, ''],
        [6n, 'last'],
      ]);
      expect(read).toEqual(embedded);
    });

    it('hold an object of JSON each, also with a carriage return within', async () => {
      const file = write('hand.jsonl', '{"n":\r1}\r\n\r\n{"n":2}\n\n{"n":3}');
      const columns = [{ name: 'n', type: I64 }];
      const objects = scan({ format: 'json_lines', files: [file], columns });
      const [read, embedded] = await onBoth(sort(objects, asc(col('n'))));
      expect(read).toEqual([{ n: 1n }, { n: 2n }, { n: 3n }]);
      expect(read).toEqual(embedded);
    });
  },
);

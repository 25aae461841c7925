import { arrowChunks } from '@wavetune/engine';
import type { Schema } from '@wavetune/ir';
import { SCRIPT_LINE, type ScriptTransform, scriptTransform } from '@wavetune/sql';
import type { SparkClient } from './spark-client.ts';

const LINES: Schema = [{ name: SCRIPT_LINE, type: { kind: 'text' } }];

/**
 * The lines that a program writes, run by the executors over a query's rows; in no order. `scriptTransform` says what the
 * program gets. A task that Spark repeats counts once: its lines come only when it has come through.
 *
 * @throws WavetuneError `spark.*`; a program that fails is `spark.query-failed` with what it wrote on standard error.
 */
export async function* runScript(
  client: SparkClient,
  transform: ScriptTransform,
): AsyncGenerator<string> {
  for await (const { data } of client.execute(scriptTransform(transform))) {
    for await (const { columns } of arrowChunks(data, LINES, 'bits')) {
      const [lines] = columns;
      if (lines.kind === 'text') for (const line of lines.values) yield line ?? '';
    }
  }
}

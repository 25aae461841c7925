import { formatCount, formatSize } from '@wavetune/core';
import type { OperatorProfile } from '@wavetune/engine';
import { detectFiles } from '@wavetune/ingest';
import { traceOptionsOf } from '@wavetune/log-input';
import type { Reading } from './reading.ts';

/** How the logs are read, as a person reads it: the plan, its SQL, and what each operator of a run cost. */
export async function explainReading({ raw, files, engine }: Reading): Promise<readonly string[]> {
  const options = traceOptionsOf(raw);
  const { format, samples } = await detectFiles(files, raw.format, options, engine);
  const plan = format.plan([files[0]], options, samples[0]);
  const { tree, sql, profile } = await engine.explain(plan, { run: true });
  const others = files.length > 1 ? ` and ${files.length - 1} more, each alike` : '';
  return [
    `${files[0]}${others}, read as ${format.name}: ${format.summary}`,
    '',
    'PLAN',
    tree.trimEnd(),
    '',
    'SQL',
    sql,
    ...(profile === undefined
      ? []
      : [
          '',
          `PROFILE  ${profile.seconds.toFixed(3)} s, peak memory ${formatSize(profile.peakMemoryBytes)}`,
          ...profile.operators.flatMap((operator) => profileLines(operator, 0)),
        ]),
  ];
}

function profileLines(operator: OperatorProfile, depth: number): readonly string[] {
  const name = `${'  '.repeat(depth)}${operator.name}`;
  const cost = `${formatCount(operator.rows)} rows  ${operator.seconds.toFixed(3)} s`;
  return [
    `${name.padEnd(40)} ${cost}`,
    ...operator.children.flatMap((child) => profileLines(child, depth + 1)),
  ];
}

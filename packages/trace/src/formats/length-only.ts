import { call, type Expr, F64, type Field, lit, TEXT } from '@wavetune/ir';
import { missingColumns } from '../find-column.ts';
import type { TraceFormat } from '../trace-format.ts';
import { canonicalRows, columnRecords, countRules, finiteRules, inputColumn } from './canonical.ts';
import { hasColumns } from './has-columns.ts';

/** The columns of a CSV that has times and lengths and nothing else of use. */
interface LengthColumns {
  readonly name: string;
  readonly time: string;
  /** `clock`: a date and time of day; else seconds. */
  readonly timeAs: 'clock' | 'seconds';
  readonly input: string;
  readonly output: string;
}

const DIALECTS: readonly LengthColumns[] = [
  {
    name: 'azure',
    time: 'TIMESTAMP',
    timeAs: 'clock',
    input: 'ContextTokens',
    output: 'GeneratedTokens',
  },
  {
    name: 'burstgpt',
    time: 'Timestamp',
    timeAs: 'seconds',
    input: 'Request tokens',
    output: 'Response tokens',
  },
  {
    name: 'vidur',
    time: 'arrived_at',
    timeAs: 'seconds',
    input: 'num_prefill_tokens',
    output: 'num_decode_tokens',
  },
  {
    name: 'splitwise',
    time: 'arrival_timestamp',
    timeAs: 'seconds',
    input: 'prompt_size',
    output: 'token_size',
  },
];

/** Logs of load, not of sharing: they never yield a hit rate. */
export const lengthOnlyFormats: readonly TraceFormat[] = DIALECTS.map((dialect) => ({
  name: dialect.name,
  summary: `length-only CSV: ${dialect.time}, ${dialect.input}, ${dialect.output}`,
  keys: [dialect.time, dialect.input, dialect.output],
  layouts: ['csv'],
  chain: 'none',
  idScope: 'shared',
  tail: 'drop',
  detect: (sample) => hasColumns(sample, [dialect.time, dialect.input, dialect.output]),
  plan: (files, _options, sample) => {
    const { time, input, output } = dialect;
    const absent = [time, input, output].filter(
      (name) => !sample.columns.some((column) => column.name === name),
    );
    if (absent.length > 0) throw missingColumns(sample, dialect.name, absent);
    return canonicalRows({
      records: columnRecords('csv', files, fieldsOfDialect(dialect)),
      columns: {
        time_ms: timeOf(dialect),
        input_tokens: inputColumn(input),
        output_tokens: inputColumn(output),
        block_size: lit(1),
      },
      rules: [
        ...finiteRules('time_ms', time),
        ...countRules('input_tokens', input),
        ...countRules('output_tokens', output),
      ],
    });
  },
}));

function fieldsOfDialect({ time, timeAs, input, output }: LengthColumns): readonly Field[] {
  return [
    { name: time, type: timeAs === 'clock' ? TEXT : F64 },
    { name: input, type: F64 },
    { name: output, type: F64 },
  ];
}

function timeOf({ time, timeAs }: LengthColumns): Expr {
  return timeAs === 'clock'
    ? call('parse_time_ms', inputColumn(time))
    : call('mul', inputColumn(time), lit(1000));
}

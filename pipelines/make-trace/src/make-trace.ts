import { defineCommand, type Session } from '@wavetune/cli';
import { canonicalJson, formatCount, publishFile } from '@wavetune/core';
import {
  GENERATE_DEFAULTS,
  type GenerateOptions,
  generateTrace,
  packedFor,
  WORKLOAD_NAMES,
} from '@wavetune/trace';
import { mixOf } from './mix.ts';
import { endingOf, ROW_KINDS, type RowKind } from './row-kinds.ts';
import { type Tally, tallied } from './tally.ts';

const EXAMPLES = [
  ['make-trace --workload chat --requests 20000 --out trace.jsonl', 'talks, as a Mooncake trace'],
  [
    'make-trace --references 10000000 --out trace.parquet',
    'ten million block references of all kinds',
  ],
  [
    'make-trace --workload chat=3,agent=1 --tenants 200 --zipf 1.2 --out trace.jsonl.zst',
    'a mix, in requests',
  ],
  ['make-trace --rows keys --requests 5000 --out keys.csv', 'a key log'],
] as const;

/** Writes a synthetic trace. */
export const makeTrace = defineCommand({
  name: 'make-trace',
  summary:
    'Makes a synthetic trace with shared prefixes: the same options give the same bytes. Requests arrive at random ' +
    '(Poisson); sessions think between turns; tenants, prompts and documents are popular by Zipf’s law.',
  options: {
    out: {
      type: 'string',
      demandOption: true,
      describe: 'The file: .jsonl, .csv (keys), .parquet; .gz and .zst after the first two',
    },
    rows: {
      type: 'string',
      choices: ROW_KINDS.map(({ name }) => name),
      default: 'requests',
      describe:
        'What a row is: a request (Mooncake), a key with its size, or a fetch of prefix pages',
    },
    workload: {
      type: 'string',
      default: 'mix',
      describe: `${WORKLOAD_NAMES.join(', ')}, mix, or shares of the requests as chat=3,rag=1`,
    },
    requests: { type: 'number', describe: 'How many requests; 1000 where neither is given' },
    references: { type: 'number', describe: 'How many block references, the last request whole' },
    tenants: { type: 'number', default: GENERATE_DEFAULTS.tenants, describe: 'How many tenants' },
    zipf: {
      type: 'number',
      default: GENERATE_DEFAULTS.zipfExponent,
      describe: 'Exponent of the popularity of tenants, prompts and documents; 0 is even',
    },
    'block-size': {
      type: 'number',
      default: GENERATE_DEFAULTS.blockSize,
      describe: 'Tokens a block',
    },
    rate: {
      type: 'number',
      default: GENERATE_DEFAULTS.requestsPerSecond,
      describe: 'Requests a second, on average',
    },
    diurnal: {
      type: 'number',
      default: GENERATE_DEFAULTS.diurnalAmplitude,
      describe: 'Swing of the rate over a day, 0 to 1',
    },
    seed: {
      type: 'number',
      default: GENERATE_DEFAULTS.seed,
      describe: 'Another seed, another trace',
    },
    ids: {
      type: 'string',
      choices: ['dense', 'u64'],
      default: 'dense',
      describe: 'Block ids by first appearance, as Mooncake’s, or as 64-bit hashes',
    },
    labels: {
      type: 'boolean',
      default: false,
      describe: 'Also write tenant and session_id into JSONL requests (Parquet has them)',
    },
    'bytes-per-token': {
      type: 'number',
      default: 131_072,
      describe:
        'KV bytes a token, for the sizes of keys and pages; 131072 is Llama-3.1-8B in 16 bits',
    },
    json: {
      type: 'boolean',
      default: false,
      describe: 'A machine-readable summary on standard output',
    },
  },
  examples: EXAMPLES,
  check: ({ requests, references, out, rows }) => {
    if (requests !== undefined && references !== undefined) {
      return '--requests and --references exclude each other';
    }
    const kind = kindNamed(rows);
    if (endingOf(out, kind) !== undefined) return undefined;
    return `--out ${out}: ${kind.name} go into files that end in ${kind.endings.join(', ')}; text also with .gz or .zst`;
  },
  async run(options, session) {
    const generate: GenerateOptions = {
      seed: options.seed,
      mix: mixOf(options.workload),
      ...(options.references === undefined
        ? { requests: options.requests ?? 1000 }
        : { references: options.references }),
      tenants: options.tenants,
      zipfExponent: options.zipf,
      blockSize: options['block-size'],
      requestsPerSecond: options.rate,
      diurnalAmplitude: options.diurnal,
    };
    const kind = kindNamed(options.rows);
    const ending = endingOf(options.out, kind) ?? '';
    const watch = createWatch(session, generate);
    const rows = tallied(generateTrace(generate), watch.tell);
    const lines = kind.lines(
      rows,
      {
        ids: options.ids === 'u64' ? 'u64' : 'dense',
        labels: options.labels,
        blockSize: generate.blockSize,
        bytesPerToken: options['bytes-per-token'],
      },
      ending,
    );
    if (ending === '.parquet') {
      const { writeParquet } = await import('./write-parquet.ts');
      await writeParquet(options.out, lines, { columns: kind.columns, signal: session.signal });
    } else {
      await publishFile(options.out, packedFor(options.out, lines));
    }
    const { last } = watch;
    if (options.json) session.print(canonicalJson({ ...last(), out: options.out }));
    else session.note(`${sentence(last())}: ${options.out}`);
  },
});

function kindNamed(name: string): RowKind {
  return ROW_KINDS.find((kind) => kind.name === name) ?? ROW_KINDS[0];
}

/** Shows progress, ends the work where the user asked for it, and keeps the last tally. */
function createWatch(session: Session, { requests, references }: GenerateOptions) {
  let seen: Tally | undefined;
  return {
    tell(tally: Tally): void {
      seen = tally;
      session.checkpoint();
      const done = requests === undefined ? tally.blockReferences : tally.requests;
      session.progress.report('making', done, requests ?? references);
    },
    last(): Tally {
      if (seen === undefined) throw new Error('no tally');
      return seen;
    },
  };
}

function sentence(tally: Tally): string {
  return (
    `${formatCount(tally.requests)} requests of ${formatCount(tally.tenants)} tenants over ` +
    `${formatCount(tally.durationMillis / 1000)} s, ${formatCount(tally.blockReferences)} block references, ` +
    `${formatCount(tally.distinctBlocks)} distinct blocks, ${formatCount(tally.inputTokens)} input tokens`
  );
}

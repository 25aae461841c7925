import { defineCommand } from '@wavetune/cli';
import { canonicalJson, formatCount, parseSize, publishFile, shapeOf } from '@wavetune/core';
import { openEngine } from '@wavetune/engine';
import { type ReadTrace, readTrace, requireBlocks } from '@wavetune/ingest';
import {
  mooncakeLines,
  packedFor,
  TRACE_FORMATS,
  type TraceOptions,
  withoutContent,
} from '@wavetune/trace';
import { expandFiles } from './expand-files.ts';

/** Writes a trace again without anything that it says beside its shape. */
export const anonymiseTrace = defineCommand({
  name: 'anonymise-trace',
  summary:
    'Turns any readable trace into a Mooncake trace without content: block ids become numbers by first appearance, times ' +
    'start at 0, names of tenants and sessions go. Lengths stay, and who shares which prefix with whom.',
  options: {
    logs: {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'Files or globs; plain, .gz or .zst',
    },
    out: {
      type: 'string',
      demandOption: true,
      describe: 'A .jsonl file; also .jsonl.gz, .jsonl.zst',
    },
    format: {
      type: 'string',
      choices: ['auto', ...TRACE_FORMATS.map(({ name }) => name)],
      default: 'auto',
      describe: 'How to read the logs; auto looks at the content',
    },
    'block-size': { type: 'number', describe: 'Tokens a block, where the log does not say' },
    tail: {
      type: 'string',
      choices: ['drop', 'count'],
      describe: 'The partial last block of a request; the format decides unless told',
    },
    key: { type: 'string', describe: 'Key logs: the column of the key' },
    'prefix-mode': {
      type: 'string',
      choices: ['bytes', 'delimiter'],
      default: 'bytes',
      describe: 'Key logs: what a prefix of a key is',
    },
    'hash-seed': {
      type: 'string',
      describe: 'Logs of token ids: the PYTHONHASHSEED of the engine',
    },
    labels: {
      type: 'boolean',
      default: false,
      describe: 'Also write tenants and sessions, as numbers by first appearance',
    },
    quarantine: { type: 'string', describe: 'Bad records go to this file' },
    'max-bad': { type: 'number', default: 0.01, describe: 'Largest share of bad records' },
    'engine-memory': {
      type: 'string',
      default: '1GiB',
      describe: 'What reading may hold before it spills',
    },
    json: {
      type: 'boolean',
      default: false,
      describe: 'A machine-readable summary on standard output',
    },
  },
  examples: [
    ["anonymise-trace --logs 'logs/*.jsonl.zst' --out shared.jsonl.gz", 'a trace to hand out'],
    [
      'anonymise-trace --logs keys.parquet --prefix-mode delimiter --out shared.jsonl',
      'from path-like keys',
    ],
  ],
  check: ({ out }) =>
    /\.jsonl(\.gz|\.zst)?$/.test(out)
      ? undefined
      : `--out ${out}: accepted is a file that ends in .jsonl, .jsonl.gz or .jsonl.zst`,
  async run(raw, session) {
    const engine = await openEngine({ memoryLimitBytes: parseSize(raw['engine-memory']) });
    const stop = (): void => engine.interrupt();
    session.signal.addEventListener('abort', stop);
    try {
      const files = await expandFiles(raw.logs);
      const trace = await readTrace({
        files,
        format: raw.format,
        options: traceOptions(raw),
        engine,
        ...(raw.quarantine === undefined ? {} : { quarantinePath: raw.quarantine }),
        maxBadRatio: raw['max-bad'],
        progress: ({ stage, rows }) => {
          session.checkpoint();
          session.progress.report(stage, rows);
        },
      });
      requireBlocks(trace, files);
      const lines = mooncakeLines(withoutContent(trace.columns), { labels: raw.labels });
      await publishFile(raw.out, packedFor(raw.out, stoppable(lines, session.checkpoint)));
      const summary = summaryOf(trace, raw.out);
      if (raw.json) session.print(canonicalJson(summary));
      else session.note(sentence(summary));
    } finally {
      session.signal.removeEventListener('abort', stop);
      await engine.close();
    }
  },
});

interface RawTraceOptions {
  readonly 'block-size'?: number | undefined;
  readonly tail?: string | undefined;
  readonly key?: string | undefined;
  readonly 'prefix-mode': string;
  readonly 'hash-seed'?: string | undefined;
}

function traceOptions(raw: RawTraceOptions): TraceOptions {
  return {
    ...(raw['block-size'] === undefined ? {} : { blockSize: raw['block-size'] }),
    ...(raw.tail === 'drop' || raw.tail === 'count' ? { tail: raw.tail } : {}),
    ...(raw.key === undefined ? {} : { columns: { key: raw.key } }),
    ...(raw['hash-seed'] === undefined ? {} : { hashSeed: raw['hash-seed'] }),
    prefixMode: raw['prefix-mode'] === 'delimiter' ? 'delimiter' : 'bytes',
  };
}

/** Passes parts on until the user asks to stop. */
function* stoppable(parts: Iterable<Uint8Array>, checkpoint: () => void): Iterable<Uint8Array> {
  for (const part of parts) {
    checkpoint();
    yield part;
  }
}

function summaryOf({ columns, quality }: ReadTrace, out: string) {
  const { requests, references, distinctBlocks } = shapeOf(columns);
  return {
    requests,
    blockReferences: references,
    distinctBlocks,
    blockSize: columns.blockSize,
    format: quality.format,
    quarantined: quality.quarantined,
    duplicateFiles: quality.duplicateFiles.map(({ file, sameAs }) => ({ file, sameAs })),
    parentConflicts: quality.parentConflicts,
    out,
  };
}

function sentence(summary: ReturnType<typeof summaryOf>): string {
  const { requests, blockReferences, distinctBlocks, blockSize, format, out } = summary;
  return (
    `${formatCount(requests)} requests, ${formatCount(blockReferences)} block references, ` +
    `${formatCount(distinctBlocks)} distinct blocks, read as ${format}: ${out}` +
    (blockSize === MOONCAKE_BLOCK_TOKENS ? '' : `; read it with --block-size ${blockSize}`)
  );
}

/** What readers of Mooncake traces assume. */
const MOONCAKE_BLOCK_TOKENS = 512;

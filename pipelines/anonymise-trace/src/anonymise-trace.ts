import { defineCommand } from '@wavetune/cli';
import { canonicalJson, formatCount, publishFile, shapeOf } from '@wavetune/core';
import { type ReadTrace, requireBlocks } from '@wavetune/ingest';
import {
  checkOutputs,
  ENGINE_OPTION,
  expandFiles,
  faultOfEngine,
  faultOfLogOptions,
  LOG_OPTIONS,
  readLogs,
  withLogEngine,
} from '@wavetune/log-input';
import { mooncakeLines, packedFor, withoutContent } from '@wavetune/trace';

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
    labels: {
      type: 'boolean',
      default: false,
      describe: 'Also write tenants and sessions, as numbers by first appearance',
    },
    ...LOG_OPTIONS,
    ...ENGINE_OPTION,
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
  check: (raw) =>
    /\.jsonl(\.gz|\.zst)?$/.test(raw.out)
      ? (faultOfEngine(raw.engine) ?? faultOfLogOptions(raw))
      : `--out ${raw.out}: accepted is a file that ends in .jsonl, .jsonl.gz or .jsonl.zst`,
  async run(raw, session) {
    const files = await expandFiles(raw.logs);
    await checkOutputs({ out: raw.out, quarantine: raw.quarantine }, files);
    await withLogEngine(raw, session, async (engine) => {
      const trace = await readLogs(session, { files, raw, engine });
      requireBlocks(trace, files);
      const lines = mooncakeLines(withoutContent(trace.columns), { labels: raw.labels });
      await publishFile(raw.out, packedFor(raw.out, stoppable(lines, session.checkpoint)));
      const summary = summaryOf(trace, raw.out);
      if (raw.json) session.print(canonicalJson(summary));
      else session.note(sentence(summary));
    });
  },
});

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

/** What readers of Mooncake traces assume. */
const MOONCAKE_BLOCK_TOKENS = 512;

function sentence(summary: ReturnType<typeof summaryOf>): string {
  const { requests, blockReferences, distinctBlocks, blockSize, format, out } = summary;
  return (
    `${formatCount(requests)} requests, ${formatCount(blockReferences)} block references, ` +
    `${formatCount(distinctBlocks)} distinct blocks, read as ${format}: ${out}` +
    (blockSize === MOONCAKE_BLOCK_TOKENS ? '' : `; read it with --block-size ${blockSize}`)
  );
}

import { defineCommand, renderTable } from '@wavetune/cli';
import type { Registry } from '@wavetune/context-registry';
import { formatCount, formatSize } from '@wavetune/core';
import { keyOfFile, registerFiles } from './context-files.ts';
import { openRegistry, REGISTRY_OPTIONS } from './registry-options.ts';
import { divergenceLine } from './shares.ts';

/** What one file shares with the file that it shares most with. */
interface FileShare {
  readonly file: string;
  readonly tokens: number;
  readonly with: string;
  readonly sharedTokens: number;
  readonly divergence: string;
}

const COLUMNS = [
  { heading: 'file', align: 'left' },
  { heading: 'tokens', align: 'right' },
  { heading: 'shares', align: 'right' },
  { heading: 'with', align: 'left' },
  { heading: 'parts at', align: 'left' },
] as const;

/** Compares contexts once, each with each. */
export const share = defineCommand({
  name: 'share',
  summary: 'Says what text files share as exact prefixes, and where they part.',
  options: {
    ...REGISTRY_OPTIONS,
    files: { type: 'string', array: true, demandOption: true, describe: 'Two or more text files' },
    json: { type: 'boolean', default: false, describe: 'The table as JSON' },
  },
  operand: 'files',
  examples: [['$0 agents/*.txt --model qwen3-8b', 'what a fleet of agents has in common']],
  check: ({ files }) => (new Set(files).size < 2 ? 'share compares two files or more' : undefined),
  run: async (options, session) => {
    const registry = await openRegistry(options);
    const files = [...new Set(options.files)];
    await registerFiles(registry, files);
    const shares = files.map((file) => bestShareOf(registry, file, files));
    const { savedTokens, savedBytes, tokens } = registry.stats();
    if (options.json) {
      session.print(JSON.stringify({ savedTokens, savedBytes, tokens, files: shares }));
      return;
    }
    session.print(
      renderTable(
        COLUMNS,
        shares.map((row) => [
          row.file,
          formatCount(row.tokens),
          formatCount(row.sharedTokens),
          row.with,
          row.divergence,
        ]),
      ),
    );
    session.print(
      `together  ${formatCount(savedTokens)} of ${formatCount(tokens)} tokens are held once for several, ${formatSize(savedBytes)} of KV`,
    );
  },
});

function bestShareOf(registry: Registry, file: string, files: readonly string[]): FileShare {
  const others = files.filter((other) => other !== file).map(keyOfFile);
  const { shares, promptTokens } = registry.sharedContext(others, keyOfFile(file));
  const best = shares.reduce((most, each) => {
    const isMore = each.divergence.atToken > most.divergence.atToken;
    return isMore ? each : most;
  });
  return {
    file,
    tokens: promptTokens,
    with: best.owner.agent,
    sharedTokens: best.exact.tokens,
    divergence: divergenceLine(best.divergence),
  };
}

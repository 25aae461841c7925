import { defineCommand, renderTable } from '@wavetune/cli';
import { readSnapshot } from '@wavetune/context-registry';
import { formatCount } from '@wavetune/core';

const COLUMNS = [
  { heading: 'tenant', align: 'left' },
  { heading: 'agent', align: 'left' },
  { heading: 'context', align: 'left' },
  { heading: 'tokens', align: 'right' },
  { heading: 'embedded', align: 'left' },
] as const;

/** Checks a snapshot and shows what it holds. */
export const inspect = defineCommand({
  name: 'inspect',
  summary: 'Checks that a snapshot is whole, and lists the contexts in it.',
  options: {
    snapshot: {
      type: 'string',
      demandOption: true,
      describe: 'As serve, mcp or snapshot wrote it',
    },
    json: { type: 'boolean', default: false, describe: 'The list as JSON, without tokens' },
  },
  operand: 'snapshot',
  examples: [['$0 agents.snapshot', 'before it is restored elsewhere']],
  run: async (options, session) => {
    const { registry, contexts } = await readSnapshot(options.snapshot);
    const rows = contexts.map(({ key, scope, tokens, vector }) => ({
      ...key,
      ...scope,
      tokens: tokens.length,
      isEmbedded: vector !== undefined,
    }));
    if (options.json) {
      session.print(JSON.stringify({ registry, contexts: rows }));
      return;
    }
    session.print(
      renderTable(
        COLUMNS,
        rows.map((row) => [
          row.tenant ?? '',
          row.agent,
          row.context,
          formatCount(row.tokens),
          row.isEmbedded ? 'yes' : 'no',
        ]),
      ),
    );
    session.print(
      `sound  ${formatCount(rows.length)} contexts for ${registry.model}, blocks of ${registry.blockSize} tokens`,
    );
  },
});

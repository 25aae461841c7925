import { defineCommand } from '@wavetune/cli';
import { formatCount, formatSize } from '@wavetune/core';
import { readContextFile, registerFiles } from './context-files.ts';
import { openRegistry, REGISTRY_OPTIONS } from './registry-options.ts';
import { divergenceLine, reorderingLine } from './shares.ts';

/** Asks once how much of a prompt some contexts hold. */
export const match = defineCommand({
  name: 'match',
  summary: 'Says how much of a prompt’s KV could be reused from contexts, all of them text files.',
  options: {
    ...REGISTRY_OPTIONS,
    contexts: {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'Text files, one context each',
    },
    prompt: { type: 'string', demandOption: true, describe: 'The text file that is asked about' },
    json: { type: 'boolean', default: false, describe: 'The whole answer as JSON' },
  },
  operand: 'contexts',
  examples: [
    ['$0 planner.txt writer.txt --prompt next.txt --model qwen3-8b', 'which of the two holds more'],
  ],
  run: async (options, session) => {
    const registry = await openRegistry(options);
    await registerFiles(registry, options.contexts);
    const answer = registry.match({ text: await readContextFile(options.prompt) });
    if (options.json) {
      session.print(JSON.stringify(answer));
      return;
    }
    const { exact, promptTokens, owners, ownerCount, nearest, advisory } = answer;
    session.print(
      `exact     ${formatCount(exact.tokens)} of ${formatCount(promptTokens)} tokens, ${formatCount(exact.blocks)} blocks, ${formatSize(exact.sizeBytes)} of KV`,
    );
    if (ownerCount > 0) {
      session.print(`owners    ${owners.map(({ agent }) => agent).join(', ')}`);
    }
    if (nearest !== undefined) {
      const line = divergenceLine(nearest.divergence);
      session.print(`diverges  from ${nearest.owner.agent} at ${line}`);
      const reordering = reorderingLine(nearest);
      if (reordering !== undefined) session.print(`reorder   ${reordering}`);
    }
    session.print(
      `similar   ${formatCount(advisory.length)} passages or blocks; nothing is saved by them`,
    );
  },
});

import { defineCommand } from '@wavetune/cli';
import { writeSnapshot } from '@wavetune/context-registry';
import { formatCount } from '@wavetune/core';
import { registerFiles } from './context-files.ts';
import { openRegistry, REGISTRY_OPTIONS } from './registry-options.ts';

/** Makes a snapshot that a service can start with. */
export const snapshot = defineCommand({
  name: 'snapshot',
  summary: 'Writes text files, one context each, into a snapshot that serve and mcp restore.',
  options: {
    ...REGISTRY_OPTIONS,
    files: { type: 'string', array: true, demandOption: true, describe: 'Text files' },
    out: { type: 'string', demandOption: true, describe: 'The snapshot; replaced as a whole' },
  },
  operand: 'files',
  examples: [
    [
      '$0 agents/*.txt --model qwen3-8b --out agents.snapshot',
      'for serve --snapshot agents.snapshot',
    ],
  ],
  run: async (options, session) => {
    const registry = await openRegistry(options);
    await registerFiles(registry, [...new Set(options.files)]);
    const contexts = await writeSnapshot(registry, options.out);
    session.print(`wrote  ${options.out}: ${formatCount(contexts)} contexts`);
  },
});

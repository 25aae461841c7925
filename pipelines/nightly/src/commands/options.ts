import type { OptionTable } from '@wavetune/cli';

/** Options of every command of this program. */
export const CONFIG_OPTION = {
  config: {
    type: 'string',
    default: 'nightly.yaml',
    describe: 'The configuration; paths in it are relative to its folder',
  },
} as const satisfies OptionTable;

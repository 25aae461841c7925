import { defineCommand } from '@wavetune/cli';
import { canonicalJson } from '@wavetune/core';
import { explain as explainIn } from '@wavetune/prefix-index';
import { QUERY_OPTIONS, queryOf } from './query-options.ts';
import { loadIndex, STORE_OPTIONS, withStore } from './store-options.ts';

/** Why a prefix is suggested, or is not. */
export const explain = defineCommand({
  name: 'explain',
  summary:
    'Says why a prefix is among the hints of a query, or why not, and all that is known of it.',
  operand: 'prefix',
  options: {
    prefix: { type: 'string', demandOption: true, describe: 'The prefix by its id' },
    of: { type: 'string', demandOption: true, describe: 'Its tenant' },
    'model-id': { type: 'string', demandOption: true, describe: 'Its model' },
    ...STORE_OPTIONS,
    ...QUERY_OPTIONS,
    json: { type: 'boolean', default: false, describe: 'As JSON, with all figures' },
  },
  examples: [['$0 prefix-6 --of tenant-00 --model-id synthetic --top-k 3', 'is it one of three?']],
  run: (raw, session) =>
    withStore(raw, async (store) => {
      const { prefix, of: tenant, 'model-id': model } = raw;
      const key = { prefix_id: prefix, tenant, model_id: model };
      const found = explainIn(await loadIndex(store), key, queryOf(raw));
      session.print(raw.json ? canonicalJson(found) : `${found.verdict}: ${found.because}`);
    }),
});

import { describe, expect, it } from 'vitest';
import { loadDefaultTokenizer } from '../../src/index.ts';
import { readAgentSessions, readJsonLines, sharedData } from '../support/shared-data.ts';
import { checkSaved, encoder } from './check-saved.ts';

const agents = sharedData('lmcache-agent');
const chats = sharedData('sharegpt-tokens', 'sharegpt-qwen3-30b-a3b-300-sps10.jsonl.gz');
for (const { missing } of [agents, chats]) if (missing !== undefined) console.log(missing);

describe('tokens saved on real texts', () => {
  it.skipIf(agents.missing !== undefined)(
    'equal the longest common token prefix of every pair in every session, and of all before',
    async () => {
      const encode = encoder(await loadDefaultTokenizer());
      const sessions = readAgentSessions('taubench');
      expect(sessions.length).toBe(24);
      for (const { inputs } of sessions) checkSaved(inputs.map(encode), 'all');
    },
  );

  it.skipIf(chats.missing !== undefined)('equal it for 300 chats in one registry', () => {
    const rows = readJsonLines(chats.path) as readonly { readonly input_tok_ids: number[] }[];
    const contexts = rows.map((row) => Uint32Array.from(row.input_tok_ids));
    checkSaved(contexts, 'neighbours');
  });
});

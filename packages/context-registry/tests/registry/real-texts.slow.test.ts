import { describe, expect, it } from 'vitest';
import { loadDefaultTokenizer } from '../../src/index.ts';
import { readAgentSessions, sharedData } from '../support/shared-data.ts';
import { checkSaved, encoder } from './check-saved.ts';

const { missing } = sharedData('lmcache-agent');
if (missing !== undefined) console.log(missing);

describe('tokens saved on long agent texts', () => {
  it.skipIf(missing !== undefined)(
    'equal the longest common token prefix of every pair in every session, and of all sessions',
    async () => {
      const encode = encoder(await loadDefaultTokenizer());
      const long = readAgentSessions('magagent').map(({ inputs }) => inputs.map(encode));
      expect(long.length).toBe(10);
      for (const inputs of long) checkSaved(inputs, 'all');
      const short = readAgentSessions('taubench').map(({ inputs }) => inputs.map(encode));
      checkSaved([...long, ...short].flat(), 'none');
    },
  );
});

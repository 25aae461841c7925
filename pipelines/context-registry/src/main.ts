import { runProgram } from '@wavetune/cli';
import { inspect } from './inspect.ts';
import { match } from './match.ts';
import { mcp } from './mcp.ts';
import { serve } from './serve.ts';
import { share } from './share.ts';
import { snapshot } from './snapshot.ts';

await runProgram({
  name: 'context-registry',
  summary:
    'Says which KV blocks agents’ contexts truly share, what is only similar, and keeps them inside a memory budget.',
  commands: [serve, mcp, match, share, snapshot, inspect],
});

import { runProgram } from '@wavetune/cli';
import { executor } from './executor.ts';
import { follow } from './follow.ts';
import { replay } from './replay.ts';

await runProgram({
  name: 'cache-policy',
  summary:
    'Lets a planner steer a cache by evicting and prefetching, and holds it against one that none steers.',
  commands: [replay, follow, executor],
});

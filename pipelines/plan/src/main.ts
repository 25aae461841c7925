import { runProgram } from '@wavetune/cli';
import { convert } from './convert.ts';
import { explain } from './explain.ts';

await runProgram({
  name: 'plan',
  summary: 'Shows what a plan does and costs, and converts it between its written forms.',
  commands: [explain, convert],
});

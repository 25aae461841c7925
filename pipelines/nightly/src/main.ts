import { runProgram } from '@wavetune/cli';
import { backfill } from './commands/backfill.ts';
import { diff } from './commands/diff.ts';
import { plan } from './commands/plan.ts';
import { rollback } from './commands/rollback.ts';
import { run } from './commands/run.ts';
import { status } from './commands/status.ts';

await runProgram({
  name: 'nightly',
  summary:
    'The nightly job: new logs in, what to change out, published only when it passes the gates.',
  commands: [run, plan, status, diff, rollback, backfill],
});

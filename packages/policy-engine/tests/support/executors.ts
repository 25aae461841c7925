import { type Clock, systemClock } from '@wavetune/core';
import {
  createExecutorLog,
  DEFAULT_LIMITS,
  type Executor,
  openTransport,
  type PlanTransport,
  startExecutor,
  type ValueSource,
} from '../../src/index.ts';

/** Of every key but those that end in `?`. */
export const VALUES: ValueSource = {
  valueOf: (key) => (key.endsWith('?') ? undefined : `value of ${key}`),
};

type Logger = ReturnType<typeof createExecutorLog>;

export interface RunningExecutor extends Executor {
  readonly plans: PlanTransport;
  /** Sum of a metric over its labels, or of the one that holds `label`. */
  metric(name: string, label?: string): Promise<number>;
}

/** An executor over a Redis, and the way to it. */
export async function runExecutor(
  redisUrl: string,
  plansUrl: string,
  {
    clock = systemClock,
    values = VALUES,
    log = createExecutorLog('silent', process.stderr),
  }: { readonly clock?: Clock; readonly values?: ValueSource; readonly log?: Logger } = {},
): Promise<RunningExecutor> {
  const way = (consumer: string): Promise<PlanTransport> =>
    openTransport(plansUrl, { group: 'g', consumer, takeOverMillis: 1000, clock: systemClock });
  const plans = await way('planner');
  const executor = await startExecutor({
    redisUrl,
    transport: await way('executor'),
    values,
    limits: DEFAULT_LIMITS,
    host: '127.0.0.1',
    port: 0,
    clock,
    log,
  });
  return {
    ...executor,
    plans,
    metric: async (name, label = '') => {
      const answer = await fetch(`http://127.0.0.1:${executor.port}/metrics`);
      const lines = (await answer.text()).split('\n');
      const found = lines.filter(
        (line) => /^[a-z]/.test(line) && line.includes(`executor_${name}`),
      );
      return found
        .filter((line) => line.includes(label))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
    close: async () => {
      await executor.close();
      await plans.close();
    },
  };
}

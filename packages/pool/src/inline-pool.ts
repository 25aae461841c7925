import { mergeAll, type Pool } from './pool.ts';

/** Runs every part on the caller's thread, in `parts` parts: for tests, debugging and small inputs. */
export function createInlinePool(parts = 1): Pool {
  return {
    threads: 1,
    async run(task, input) {
      return mergeAll(
        task,
        task.split(input, parts).map((part) => task.run(part)),
      );
    },
    async close() {},
  };
}

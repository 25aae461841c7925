export { createInlinePool } from './inline-pool.ts';
export type { Pool } from './pool.ts';
export { type ProbeInput, probeSumTask } from './probe-tasks.ts';
export { TASK_TABLE } from './task-table.ts';
export { createThreadPool, type ThreadPoolOptions } from './thread-pool.ts';
export { withThreadPool } from './with-thread-pool.ts';

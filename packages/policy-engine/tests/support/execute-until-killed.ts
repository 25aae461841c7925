import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@wavetune/core';
import {
  createExecutorLog,
  DEFAULT_LIMITS,
  openTransport,
  startExecutor,
} from '../../src/index.ts';

/** Carries out plans; a value takes its time, so that a kill finds plans half done. */
const [redisUrl, plansUrl] = process.argv.slice(2);
const consumer = `executor-${process.pid}`;
const clock = systemClock;
await startExecutor({
  redisUrl,
  transport: await openTransport(plansUrl, { group: 'g', consumer, takeOverMillis: 1000, clock }),
  values: { valueOf: (key) => sleep(Math.random() * 4, `value of ${key}`) },
  limits: DEFAULT_LIMITS,
  host: '127.0.0.1',
  port: 0,
  clock,
  log: createExecutorLog('silent', process.stderr),
});
console.log('open');

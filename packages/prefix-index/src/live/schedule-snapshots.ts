import type { Clock } from '@wavetune/core';
import type { Journal, SnapshotReceipt } from './journal.ts';

/** Takes snapshots: when the log is long, from time to time, and when asked. One at a time. */
export interface SnapshotSchedule {
  take(): Promise<SnapshotReceipt>;
  /** Something was recorded: the log may be long now. */
  onRecorded(): void;
  stats(): SnapshotStats;
  /** Takes none from now on, and waits for the one under way. */
  stop(): Promise<void>;
}

interface SnapshotStats {
  readonly snapshots: number;
  readonly snapshotFailures: number;
  readonly lastSnapshotMillis: number | undefined;
}

interface ScheduleOptions {
  readonly clock: Clock;
  readonly snapshotBytes?: number;
  readonly snapshotMillis?: number;
  readonly onFailure?: (failure: unknown) => void;
  /** Waited for after each snapshot that was not asked for. */
  readonly afterSnapshot: () => Promise<void>;
}

/** Chosen: a restart reads so much again in less than a second. */
const SNAPSHOT_BYTES = 64 * 2 ** 20;
const SNAPSHOT_MILLIS = 60_000;

export function scheduleSnapshots(journal: Journal, options: ScheduleOptions): SnapshotSchedule {
  const { clock, snapshotBytes = SNAPSHOT_BYTES, snapshotMillis = SNAPSHOT_MILLIS } = options;
  let snapshots = 0;
  let snapshotFailures = 0;
  let lastSnapshotMillis: number | undefined;
  /** After a failure the next one waits for the timer. */
  let isDue = true;
  let underWay: Promise<unknown> | undefined;

  const take = async (): Promise<SnapshotReceipt> => {
    try {
      const receipt = await journal.snapshot();
      snapshots++;
      lastSnapshotMillis = clock.nowMillis();
      return receipt;
    } catch (failure) {
      snapshotFailures++;
      throw failure;
    }
  };
  const takeUnasked = (): void => {
    underWay ??= take()
      .then(options.afterSnapshot)
      .catch((failure) => {
        isDue = false;
        options.onFailure?.(failure);
      })
      .finally(() => {
        underWay = undefined;
      });
  };
  const timer = setInterval(() => {
    isDue = true;
    takeUnasked();
  }, snapshotMillis);
  timer.unref();
  return {
    take,
    onRecorded: () => {
      if (isDue && journal.logBytes() >= snapshotBytes) takeUnasked();
    },
    stats: () => ({ snapshots, snapshotFailures, lastSnapshotMillis }),
    stop: async () => {
      clearInterval(timer);
      await underWay;
    },
  };
}

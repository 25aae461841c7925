import { clearLine, cursorTo } from 'node:readline';
import { type Clock, formatCount } from '@wavetune/core';

/** What long work tells while it runs. */
export interface Progress {
  /** Work on `stage` has reached `done` of `total` rows (or bytes); `total` is left out where nobody knows it. */
  report(stage: string, done: number, total?: number): void;
  /** Removes the line, if one is shown. */
  clear(): void;
}

const REDRAW_MILLIS = 100;
/** A terminal that does not know its width says 0 or nothing. */
const UNKNOWN_COLUMNS = 80;

/** One line that redraws itself: stage, rows, rate, time left. */
export function createProgressLine(stream: NodeJS.WriteStream, clock: Clock): Progress {
  let stage = '';
  let stageStart = 0;
  let lastDrawn = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    report(nextStage, done, total) {
      const now = clock.monotonicMillis();
      if (nextStage !== stage) {
        stage = nextStage;
        stageStart = now;
      } else if (now - lastDrawn < REDRAW_MILLIS) {
        return;
      }
      lastDrawn = now;
      shown = true;
      clearLine(stream, 0);
      cursorTo(stream, 0);
      stream.write(
        progressText(stage, done, total, now - stageStart).slice(
          0,
          (stream.columns || UNKNOWN_COLUMNS) - 1,
        ),
      );
    },
    clear() {
      if (!shown) return;
      clearLine(stream, 0);
      cursorTo(stream, 0);
      shown = false;
    },
  };
}

/** For pipes, files and `--quiet`: says nothing. */
export const silentProgress: Progress = { report() {}, clear() {} };

/** `reading  1,200,000 rows  2,400,000/s  3 s left`: what is not known yet is left out. */
export function progressText(
  stage: string,
  done: number,
  total: number | undefined,
  elapsedMillis: number,
): string {
  const parts = [stage.padEnd(10), `${formatCount(done)} rows`];
  if (total !== undefined && total > 0) parts.push(`${Math.floor((100 * done) / total)} %`);
  if (done > 0 && elapsedMillis >= 1000) {
    const perSecond = (1000 * done) / elapsedMillis;
    parts.push(`${formatCount(perSecond)}/s`);
    if (total !== undefined) parts.push(`${Math.ceil((total - done) / perSecond)} s left`);
  }
  return parts.join('  ');
}

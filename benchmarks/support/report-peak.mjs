import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('exit', () => {
    writeSync(2, `\npeak-rss-kilobytes ${process.resourceUsage().maxRSS}\n`);
  });
}

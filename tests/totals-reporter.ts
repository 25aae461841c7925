import type { Reporter, TestModule } from 'vitest/node';

/** Prints the runner's totals as the last line: `vitest: N passed, N failed, N skipped`. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      count.failed += module.errors().length;
      for (const test of module.children.allTests()) count[test.result().state]++;
    }
    const line = `vitest: ${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped`;
    process.once('exit', () => console.log(line));
  }
}

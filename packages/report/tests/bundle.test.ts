import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundleClient } from '../src/bundle-client.ts';
import { CLIENT_BUNDLE } from '../src/index.ts';

describe('the client bundle', () => {
  const kept = readFileSync(CLIENT_BUNDLE, 'utf8');

  it('is what its sources give; else run: pnpm --filter @wavetune/report bundle', async () => {
    expect((await bundleClient()) === kept).toBe(true);
  });

  it('ends no script block, needs nothing of Node, and stays small', () => {
    expect(/<\/script|<!--/i.test(kept)).toBe(false);
    expect(/require\(|['"]node:/.test(kept)).toBe(false);
    expect(kept.length).toBeLessThan(400_000);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { xxhash128 } from 'hash-wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { digestOfBytes } from '../src/scan/digest-bytes.ts';

const home = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'scan-digest-'));
afterAll(() => rmSync(folder, { recursive: true }));

function digest(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'bytes');
  writeFileSync(path, bytes);
  return digestOfBytes(path);
}

/** Stripes of 64 bytes, blocks of 1,024, pieces of 256 KiB. */
const near = (sizeBytes: number) => [-1, 0, 1, 63, 64, 65].map((more) => sizeBytes + more);
const SIZES = [0, 1, 16, 128, 239, 240, 241].concat(
  [256, 1024, 2048, 2 ** 18, 2 ** 18 + 1024, 2 ** 19].flatMap(near),
);

describe('digestOfBytes', () => {
  it('is XXH3 with 128 bits, as stores know batches by it', async () => {
    const bytes = Buffer.from('prefix'.repeat(1000));
    expect(await digest(bytes)).toBe('237171c692c3ede7a146d4301857dc35');
  });

  it('is what another implementation says, of any bytes', async () => {
    const text = fc.uint8Array({ minLength: 1, maxLength: 5000, size: 'max' });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SIZES), text, async (sizeBytes, pattern) => {
        const bytes = Buffer.alloc(sizeBytes, pattern);
        expect(await digest(bytes)).toBe(await xxhash128(bytes));
      }),
      { numRuns: 150 },
    );
  });

  it('comes from what its sources compile to, byte for byte', () => {
    const built = join(folder, 'digest.wasm');
    const config = ['--config', 'assembly/asconfig.json', '--outFile', built];
    const asc = join(home, 'node_modules', '.bin', 'asc');
    execFileSync(asc, ['assembly/digest.ts', ...config], { cwd: home });
    expect(readFileSync(built).equals(readFileSync(join(home, 'src/scan/digest.wasm')))).toBe(true);
  }, 60_000);
});

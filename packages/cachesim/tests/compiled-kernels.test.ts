import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const home = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('kernels.wasm', () => {
  it('is what its sources compile to, byte for byte', () => {
    const built = join(folder, 'kernels.wasm');
    const asc = join(home, 'node_modules', '.bin', 'asc');
    const config = ['--config', 'assembly/asconfig.json', '--outFile', built];
    execFileSync(asc, ['assembly/index.ts', ...config], { cwd: home });
    const checkedIn = readFileSync(join(home, 'src/kernels/kernels.wasm'));
    expect(readFileSync(built).equals(checkedIn)).toBe(true);
  }, 60_000);

  it('asks for nothing from outside', () => {
    const module = new WebAssembly.Module(readFileSync(join(home, 'src/kernels/kernels.wasm')));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
  });
});

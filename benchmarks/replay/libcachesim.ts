import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ReferenceIndex } from '@wavetune/cachesim';
import { NONE } from '@wavetune/core';

/** What the other simulator answered. */
export interface OtherResult {
  readonly seconds: number;
  readonly missRatio: number;
}

/** libCacheSim on one trace; nothing is measured where it cannot be installed. */
export interface LibCacheSim {
  replay(policy: string, capacityBlocks: number): OtherResult | undefined;
  close(): void;
}

const TOOLS = join(import.meta.dirname, '..', '..', '.tools', 'libcachesim');
const PYTHON = join(TOOLS, 'bin', 'python');
const SCRIPT = join(import.meta.dirname, 'libcachesim_speed.py');
const ROUNDS = '2';

/** Installs PyPI's `libcachesim` into a virtual environment under `.tools` where it is not there yet. */
export function openLibCacheSim(writeTrace: () => void, path: string): LibCacheSim {
  if (!isInstalled()) return { replay: () => undefined, close: () => {} };
  writeTrace();
  return {
    replay(policy, capacityBlocks) {
      const { status, stdout } = spawnSync(
        PYTHON,
        [SCRIPT, path, policy, String(capacityBlocks), ROUNDS],
        { encoding: 'utf8' },
      );
      if (status !== 0) return undefined;
      const results: Record<string, Record<string, [number, number]>> = JSON.parse(stdout);
      const found = results[policy]?.[capacityBlocks];
      return found && { seconds: found[0], missRatio: found[1] };
    },
    close: () => rmSync(path, { force: true }),
  };
}

/** libCacheSim's format: time u32, id u64, size u32, next reference i64; 24 bytes, little endian. */
export function writeOracleTrace(
  path: string,
  blocks: Uint32Array,
  { next }: ReferenceIndex,
): void {
  const CHUNK = 1 << 18;
  const file = openSync(path, 'w');
  for (let begin = 0; begin < blocks.length; begin += CHUNK) {
    const end = Math.min(blocks.length, begin + CHUNK);
    const words = new Int32Array(6 * (end - begin));
    for (let i = begin; i < end; i++) {
      const at = 6 * (i - begin);
      const isLast = next[i] === NONE;
      words.set([i, blocks[i] + 1, 0, 1, isLast ? -1 : next[i] + 1, isLast ? -1 : 0], at);
    }
    writeSync(file, words);
  }
  closeSync(file);
}

function isInstalled(): boolean {
  if (!existsSync(PYTHON)) spawnSync('python3', ['-m', 'venv', TOOLS]);
  if (!existsSync(PYTHON)) return false;
  const has = () => spawnSync(PYTHON, ['-c', 'import libcachesim']).status === 0;
  if (!has()) spawnSync(PYTHON, ['-m', 'pip', 'install', '--quiet', 'libcachesim']);
  return has();
}

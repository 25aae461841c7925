import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cgroupSource } from '../../src/memory/cgroup.ts';
import { findPressureSource, PRESSURE_SOURCES } from '../../src/memory/find-pressure-source.ts';
import { nvidiaSmiSource } from '../../src/memory/nvidia-smi.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'context-pressure-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function writeTree(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const root = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    const full = join(root, path);
    await mkdir(join(full, '..'), { recursive: true });
    await writeFile(full, text);
  }
  return root;
}

async function fakeSmi(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('nvidiaSmiSource', () => {
  it('reads the fullest device, in bytes', async () => {
    const command = await fakeSmi('two', "printf '1024, 81559\\n40000, 81559\\n[N/A], [N/A]\\n'");
    expect(await nvidiaSmiSource(command).read()).toEqual({
      usedBytes: 40_000 * 2 ** 20,
      totalBytes: 81_559 * 2 ** 20,
    });
  });

  it('says that it gives no pressure where the command is missing, fails or lists nothing', async () => {
    const failing = await fakeSmi('failing', 'echo no driver >&2; exit 9');
    const empty = await fakeSmi('empty', "printf '[N/A], [N/A]\\n'");
    for (const command of ['/nowhere/nvidia-smi', failing, empty]) {
      await expect(nvidiaSmiSource(command).read()).rejects.toMatchObject({
        code: 'memory.no-pressure',
      });
    }
  });
});

describe('cgroupSource', () => {
  it('reads version 2, takes the tightest limit above, and leaves out what can be reclaimed', async () => {
    const root = await writeTree('v2', {
      'self/cgroup': '0::/jobs/one\n',
      'fs/jobs/one/memory.max': 'max\n',
      'fs/jobs/one/memory.current': '50\n',
      'fs/jobs/memory.max': '1000\n',
      'fs/jobs/memory.current': '900\n',
      'fs/jobs/memory.stat': 'anon 300\ninactive_file 200\n',
    });
    const paths = { root: join(root, 'fs'), membership: join(root, 'self/cgroup') };
    expect(await cgroupSource(paths).read()).toEqual({ usedBytes: 700, totalBytes: 1000 });
  });

  it('reads version 1 from the memory controller', async () => {
    const root = await writeTree('v1', {
      'self/cgroup': '9:cpu,cpuacct:/other\n4:memory:/box\n0::/\n',
      'fs/memory/box/memory.limit_in_bytes': '4000\n',
      'fs/memory/box/memory.usage_in_bytes': '1500\n',
      'fs/memory/box/memory.stat': 'total_inactive_file 500\n',
      'fs/memory/memory.limit_in_bytes': '9223372036854771712\n',
      'fs/memory/memory.usage_in_bytes': '99999\n',
    });
    const paths = { root: join(root, 'fs'), membership: join(root, 'self/cgroup') };
    expect(await cgroupSource(paths).read()).toEqual({ usedBytes: 1000, totalBytes: 4000 });
  });

  it('says so where no group has a limit', async () => {
    const paths = { root: join(folder, 'none'), membership: join(folder, 'none') };
    await expect(cgroupSource(paths).read()).rejects.toMatchObject({ code: 'memory.no-pressure' });
  });
});

describe('findPressureSource', () => {
  it('finds one on any machine, and passes over those that give nothing', async () => {
    const missing = nvidiaSmiSource('/nowhere/nvidia-smi');
    expect(await findPressureSource([missing])).toBeUndefined();
    const found = await findPressureSource([missing, ...PRESSURE_SOURCES]);
    const { usedBytes, totalBytes } = await found!.read();
    expect(usedBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThanOrEqual(usedBytes);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assetPath, listDevices, loadDevice } from '../src/index.ts';

describe('the device table', () => {
  it.each([
    ['A100', 166_912],
    ['H100', 232_448],
    ['H200', 232_448],
    ['H20', 232_448],
    ['B200', 232_448],
    ['L40S', 101_376],
    ['MI300X', 65_536],
  ])('gives a block of %s %i bytes of shared memory', async (name, bytes) => {
    expect((await loadDevice(name)).sharedBytesPerBlock).toBe(bytes);
  });

  it('states rates that the tensor cores reach at or below the highest clock', async () => {
    // Dense FP16 operations a clock and multiprocessor, by generation.
    const operations = { ampere: 2048, ada: 1024, hopper: 4096, blackwell: 8192, cdna3: 2048 };
    for (const device of await listDevices()) {
      const peak = device.sms * operations[device.architecture] * device.clockHz;
      expect(device.denseFlopsByDtype.fp16 / peak, device.name).toBeLessThanOrEqual(1.001);
    }
  });

  it('gives every name and alias to one device', async () => {
    const names = (await listDevices()).flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });
});

describe('loadDevice', () => {
  it('knows the names in engines’ tuned files', async () => {
    expect((await loadDevice('NVIDIA_A100-SXM4-80GB')).name).toBe('A100');
    for (const device of await listDevices()) {
      expect(await loadDevice(device.engineName)).toEqual(device);
    }
  });

  it('reads a user’s own file', async () => {
    const own = assetPath('devices', 'h100.json');
    expect((await loadDevice(own)).name).toBe('H100');
  });

  it('refuses an unknown name and a broken file, by code', async () => {
    await expect(loadDevice('H300')).rejects.toThrow(
      expect.objectContaining({
        code: 'catalog.unknown-name',
        details: expect.objectContaining({ kind: 'device', nearest: 'H100' }),
      }),
    );
    const folder = await mkdtemp(join(tmpdir(), 'devices-'));
    try {
      const path = join(folder, 'mine.json');
      await writeFile(path, '{"name": "mine"}');
      await expect(loadDevice(path)).rejects.toThrow(
        expect.objectContaining({ code: 'catalog.invalid-file' }),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

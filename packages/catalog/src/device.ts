import { z } from 'zod';
import { assetFiles } from './assets.ts';
import { kindOfPath, parseAs, readJsonObject } from './json-file.ts';
import { findByName, unknownName } from './names.ts';

const size = z.int().positive();
const rate = z.number().positive();

/** The facts of an accelerator that a kernel's cost depends on, in plain SI units and bytes. */
const deviceSchema = z
  .strictObject({
    name: z.string().min(1),
    aliases: z.array(z.string()),
    engineName: z.string().describe('What vLLM and SGLang call it in the names of tuned files.'),
    vendor: z.enum(['nvidia', 'amd']),
    architecture: z.enum(['ampere', 'ada', 'hopper', 'blackwell', 'cdna3']),
    computeCapability: rate.describe('CUDA major.minor; 9.4 stands for gfx942.'),
    warpSize: size,
    sms: size.describe('Multiprocessors, or compute units.'),
    sharedBytesPerBlock: size.describe('The most that one block may ask for.'),
    sharedBytesPerSm: size,
    registersPerSm: size.describe('Of 32 bits.'),
    maxRegistersPerThread: size,
    maxThreadsPerSm: size,
    l2Bytes: size,
    hbmBytesPerSecond: rate.describe('Device memory, of whatever kind.'),
    denseFlopsByDtype: z
      .strictObject({
        bf16: rate,
        fp16: rate,
        fp8: rate.exactOptional(),
        fp4: rate.exactOptional(),
        int8: rate,
      })
      .describe('Tensor cores, no structured sparsity; absent where they lack the type.'),
    clockHz: rate.describe('Highest SM clock; vendors may state the rates at a lower one.'),
    sources: z.array(z.string()).min(1).describe('Documents that state these figures.'),
  })
  .refine((device) => device.sharedBytesPerBlock <= device.sharedBytesPerSm, {
    error: 'must not exceed sharedBytesPerSm',
    path: ['sharedBytesPerBlock'],
  });

export type Device = z.infer<typeof deviceSchema>;

/** Every device of the table, by name. */
export async function listDevices(): Promise<readonly Device[]> {
  return Promise.all((await assetFiles('devices')).map(readDevice));
}

/**
 * A device of the table by name or alias (case does not matter), or from a user's own file of the same form.
 *
 * @throws WavetuneError `catalog.unknown-name`, `catalog.unreadable-file`, `catalog.invalid-file`.
 */
export async function loadDevice(nameOrPath: string): Promise<Device> {
  const devices = await listDevices();
  const known = findByName(devices, nameOrPath);
  if (known !== undefined) return known;
  if ((await kindOfPath(nameOrPath)) !== undefined) return readDevice(nameOrPath);
  throw unknownName('device', nameOrPath, devices);
}

async function readDevice(path: string): Promise<Device> {
  return parseAs(await readJsonObject(path), deviceSchema, { path, kind: 'device' });
}

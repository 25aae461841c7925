import { z } from 'zod';
import { assetFiles } from './assets.ts';
import { kindOfPath, parseAs, readJsonObject } from './json-file.ts';
import { findByName, unknownName } from './names.ts';

const size = z.int().positive();
const rate = z.number().positive();

/** What the cost model needs to know of an accelerator. Dense rates: no structured sparsity. */
const deviceSchema = z
  .strictObject({
    name: z.string().min(1),
    aliases: z.array(z.string()).describe('Other names, those in engines’ file names among them.'),
    engineName: z.string().describe('What vLLM and SGLang call it in the names of tuned files.'),
    vendor: z.enum(['nvidia', 'amd']),
    architecture: z.enum(['ampere', 'ada', 'hopper', 'blackwell', 'cdna3']),
    computeCapability: z.string().describe('8.0, 9.0, …; for AMD the gfx target.'),
    tensorInstruction: z.enum(['mma', 'wgmma', 'tcgen05', 'mfma']),
    warpSize: size,
    multiprocessors: size.describe('SMs, or compute units.'),
    sharedBytesPerBlock: size.describe('The most that one block may ask for.'),
    sharedBytesPerMultiprocessor: size,
    registersPerMultiprocessor: size.describe('Of 32 bits.'),
    registersPerThread: size.describe('The most that one thread may hold.'),
    threadsPerMultiprocessor: size,
    l2Bytes: size,
    memoryGigabytesPerSecond: rate.describe('Device memory, 10^9 bytes a second.'),
    denseTeraflops: z
      .strictObject({
        float16: rate,
        bfloat16: rate,
        float8: rate.nullable(),
        float4: rate.nullable(),
        int8: rate,
      })
      .describe('10^12 operations a second; null where the tensor cores lack the type.'),
    clockMegahertz: rate.describe(
      'Highest SM clock; the dense rates may be stated at a lower one.',
    ),
    sources: z.array(z.string()).min(1).describe('Vendor documents that state these figures.'),
  })
  .refine((device) => device.sharedBytesPerBlock <= device.sharedBytesPerMultiprocessor, {
    error: 'must not exceed sharedBytesPerMultiprocessor',
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

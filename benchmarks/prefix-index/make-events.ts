import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createRng } from '@wavetune/core';

const PREFIXES = 50_000;
const LAYERS = 8;
const PAGE_BYTES = 262_144;
const FIRST_MILLIS = Date.UTC(2025, 10, 20);
const PART_CHARACTERS = 2 ** 16;

/** Writes `count` prefix events over a day: 50,000 prefixes, the popular ones far more often, in 8 layers and 16 tenants. */
export async function makeEvents(path: string, count: number): Promise<void> {
  const file = createWriteStream(path);
  let part = '';
  for (const event of eventsOf(count)) {
    part += `${JSON.stringify(event)}\n`;
    if (part.length < PART_CHARACTERS) continue;
    if (!file.write(part)) await once(file, 'drain');
    part = '';
  }
  file.end(part);
  await once(file, 'close');
}

function* eventsOf(count: number) {
  const rng = createRng(1);
  const stepMillis = 86_400_000 / count;
  for (let i = 0; i < count; i++) {
    const prefix = Math.floor(PREFIXES * rng.nextFloat() ** 3);
    const pages = 1 + (prefix % 12);
    const start = (prefix * 37) % 100_000;
    yield {
      prefix_id: `session-${prefix.toString(36)}-${(prefix * 7919).toString(16)}`,
      tenant: `tenant-${String(prefix % 16).padStart(2, '0')}`,
      model_id: `model-${prefix % 2}`,
      layer: i % LAYERS,
      page_start: start,
      page_end: start + pages - 1,
      bytes: pages * PAGE_BYTES,
      latency_ms: Math.round(1000 * (0.2 + 12 * rng.nextFloat())) / 1000,
      timestamp_ms: FIRST_MILLIS + Math.floor(i * stepMillis),
    };
  }
}

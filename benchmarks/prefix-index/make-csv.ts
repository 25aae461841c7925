import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** JSON lines of flat objects without commas or quotes in their values, as CSV. */
export async function makeCsv(from: string, to: string): Promise<void> {
  const file = createWriteStream(to);
  let hasHeader = false;
  for await (const line of createInterface({ input: createReadStream(from) })) {
    const fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
    if (!hasHeader) file.write(`${Object.keys(fields).join(',')}\n`);
    hasHeader = true;
    if (!file.write(`${Object.values(fields).join(',')}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

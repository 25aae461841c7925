import { openEventLog } from '../../src/log/event-log.ts';

/** Appends numbered records to a log from several sides at once, and prints each number when it is durable. */
const [folder, storeId, first] = process.argv.slice(2);
const log = await openEventLog({ folder, storeId, after: 0 });
let next = Number(first);
console.log('open');

async function append(): Promise<void> {
  for (;;) {
    const text = `${next++} ${'x'.repeat(Math.random() * 3000)}`;
    await log.append(Buffer.from(text));
    console.log(text.split(' ')[0]);
    if (Math.random() < 0.02) await log.cut(() => undefined);
  }
}

await Promise.all(Array.from({ length: 8 }, append));

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/**
 * Runs a script of this folder, kills it with SIGKILL a random time after it says `open`, or before.
 *
 * @returns The numbers that it printed: what it acknowledged.
 */
export async function killAtRandom(
  script: string,
  words: readonly string[],
  mostMillis: number,
): Promise<readonly number[]> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const acknowledged: number[] = [];
  const kill = (afterMillis: number): void => {
    setTimeout(() => child.kill('SIGKILL'), afterMillis).unref();
  };
  if (Math.random() < 0.15) kill(100 + 300 * Math.random());
  for await (const line of createInterface(child.stdout)) {
    if (line === 'open') kill(mostMillis * Math.random());
    else acknowledged.push(Number(line));
  }
  const [status, signal] = await closed;
  if (signal !== 'SIGKILL') throw new Error(`${script} ended by itself, status ${status}`);
  return acknowledged;
}

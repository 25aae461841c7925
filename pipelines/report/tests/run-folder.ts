import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BIN = fileURLToPath(new URL('../../../bin/', import.meta.url));
/** Six hours of requests of several tenants; a sample of the project. */
const MIX = fileURLToPath(new URL('../../../assets/samples/mix.jsonl', import.meta.url));

/** Fills a run folder as a person would, by the commands of this pipeline's README. */
export async function fillRunFolder(run: string): Promise<void> {
  mkdirSync(join(run, 'engines'), { recursive: true });
  const at = (file: string): string => join(run, file);
  const log = ['--block-size', '256'];
  const model = ['--model', 'llama-3.1-8b'];
  const replay = ['replay-cache', '--trace', MIX, ...log];
  const commands: readonly (readonly string[])[] = [
    [
      ...[
        'export-wavespec',
        '--logs',
        MIX,
        ...log,
        ...model,
        '--memory',
        '2GiB',
        '--top-k',
        'none',
      ],
      ...['--quarantine', at('quarantine.jsonl'), '--out', at('wavespec.json')],
    ],
    [
      ...replay,
      ...model,
      '--policies',
      'lru,arc,s3-fifo,sieve,optimum',
      '--why',
      '--out',
      at('cache-replay.json'),
    ],
    [...replay, '--curve', 'lru', '--out', at('lru-curve.json')],
    [...replay, '--curve', 'ttl', '--out', at('ttl-curve.json')],
    [...replay, ...model, '--tiers', 'gpu=1GiB,cpu=4GiB@50', '--out', at('tiers.json')],
    [
      ...['replay-tuner', '--trace', MIX, ...log, ...model, '--memory', '2GiB', '--device', 'H100'],
      ...['--engine', 'all', '--engine-dir', at('engines'), '--out', at('policies.json')],
    ],
  ];
  for (const [command, ...words] of commands) await promisify(execFile)(join(BIN, command), words);
}

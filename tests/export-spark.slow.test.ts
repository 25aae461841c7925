import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ownCluster, whyNoCluster } from '../packages/spark/tests/support/cluster.ts';
import { jobsLeftAfter, untilJobsRun } from '../packages/spark/tests/support/watch-jobs.ts';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';
import { hasSharedData, sharedData } from './support/shared-data.ts';

const CONVERSATION = 'mooncake/conversation_trace.jsonl';
const scratch = scratchFolder('export-spark');
const isMissing = whyNoCluster() !== undefined || !hasSharedData(CONVERSATION);

describe.skipIf(isMissing)('export-wavespec --engine sc://', () => {
  const cluster = isMissing ? undefined : ownCluster();
  afterAll(() => cluster?.down());

  const words = (out: string, url: string | undefined): readonly string[] => [
    ...['--logs', sharedData(CONVERSATION), '--model', 'llama-3.1-8b', '--memory', '40GiB'],
    ...['--out', join(scratch, out), '--quiet', ...(url === undefined ? [] : ['--engine', url])],
  ];
  const written = (out: string): Buffer => readFileSync(join(scratch, out));

  it('writes the same bytes as without', async () => {
    expect((await runCli('export-wavespec', words('here.json', undefined))).status).toBe(0);
    expect((await runCli('export-wavespec', words('there.json', cluster!.url))).status).toBe(0);
    expect(written('there.json').equals(written('here.json'))).toBe(true);
  });

  it('takes its query back from the server on SIGINT, and publishes nothing', async () => {
    let runs = false;
    void untilJobsRun(cluster!).then(() => {
      runs = true;
    });
    const { status, stderr } = await runCli(
      'export-wavespec',
      words('stopped.json', cluster!.url),
      {
        signal: { name: 'SIGINT', when: () => runs },
      },
    );
    expect([status, stderr]).toEqual([130, expect.stringContaining('nothing was published')]);
    expect(await jobsLeftAfter(cluster!, 0)).toBe(0);
    expect(existsSync(join(scratch, 'stopped.json'))).toBe(false);
  });

  it('says that the server was lost, publishes nothing, and runs again', async () => {
    const ended = runCli('export-wavespec', words('lost.json', cluster!.url));
    await untilJobsRun(cluster!);
    process.kill(cluster!.pidOf('connect'), 'SIGKILL');
    const { status, stderr } = await ended;
    expect([status, stderr]).toEqual([1, expect.stringMatching(/spark\.lost.*run again/)]);
    expect(existsSync(join(scratch, 'lost.json'))).toBe(false);
    const { url } = cluster!.startConnect();
    expect((await runCli('export-wavespec', words('lost.json', url))).status).toBe(0);
    expect(written('lost.json').equals(written('here.json'))).toBe(true);
  });
});

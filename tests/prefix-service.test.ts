import { join } from 'node:path';
import { createRng } from '@wavetune/core';
import { afterEach, describe, expect, it } from 'vitest';
import { killRepeatedly } from './support/killed-service.ts';
import {
  hitsOf,
  postJson,
  type ServiceProcess,
  startServiceProcess,
} from './support/prefix-service.ts';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const folder = scratchFolder('service');
const running: ServiceProcess[] = [];

afterEach(async () => {
  for (const service of running.splice(0)) {
    service.kill('SIGKILL');
    await service.ended;
  }
});

function serve(...words: string[]): ServiceProcess {
  const service = startServiceProcess(words);
  running.push(service);
  return service;
}

const EVENT = { prefix_id: 'p', tenant: 'acme', model_id: 'm', bytes: 4096, timestamp_ms: 1000 };

describe('prefix-indexer serve', () => {
  it('keeps what it acknowledged when it is asked to stop, and leaves it to the command line', async () => {
    const store = join(folder, 'kept.duckdb');
    const service = serve('--store', store);
    const url = await service.ready;
    const taken = await postJson(`${url}/ingest`, { events: [EVENT, EVENT] });
    expect(taken).toMatchObject({ status: 202, body: { ingested: 2 } });
    expect(await hitsOf(url, 'acme')).toEqual({ p: 2 });
    service.kill('SIGTERM');
    expect((await service.ended).status).toBe(0);
    const { stdout } = await runCli('prefix-indexer', ['suggest', '--store', store, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ asOf: 1000, hints: [{ prefix_id: 'p', hits: 2 }] });
  });

  it('refuses a store that another service has', async () => {
    const store = join(folder, 'shared.duckdb');
    await serve('--store', store).ready;
    const { status, said } = await serve('--store', store).ended;
    expect(status).toBe(1);
    expect(said).toMatch(/index-store\.in-use: .*shared\.duckdb is in use by process \d+/);
  });

  it.each([
    [
      'an address that others reach, without tokens',
      ['--host', '0.0.0.0'],
      1,
      'service.unsafe-bind',
    ],
    ['a token file that is none', ['--tokens', '/dev/null'], 1, 'service.bad-token-file'],
    ['a grace that is no time', ['--grace', 'soon'], 2, 'usage.bad-duration'],
  ])('refuses %s', async (_, words, status, code) => {
    const ended = await serve('--store', 'memory:', ...words).ended;
    expect(ended.status).toBe(status);
    expect(ended.said).toContain(code);
  });

  it('has every acknowledged event exactly once after each kill', async () => {
    const store = join(folder, 'killed.duckdb');
    const { acknowledged } = await killRepeatedly({
      store,
      kills: 4,
      mostMillis: 300,
      rng: createRng(7),
    });
    expect(acknowledged).toBeGreaterThan(0);
  });
});

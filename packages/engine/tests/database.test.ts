import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { F64, fieldsOf, I64, listOf, scan, TEXT } from '@wavetune/ir';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppendColumn, lockFile, openDatabase } from '../src/index.ts';
import { failureOf, useScratch } from './support/scratch.ts';

const scratch = useScratch();
const columns = fieldsOf({ id: I64, weight: F64, name: TEXT, runs: listOf(F64) });
const table = scan({ format: 'table', name: 'rows', columns });
const open = (path: string, access: 'write' | 'read' = 'write') =>
  openDatabase({ path, access, threads: 1, memoryLimitBytes: 2 ** 28 });

interface Sample {
  readonly id: bigint | null;
  readonly weight: number | null;
  readonly name: string | null;
  readonly runs: readonly number[] | null;
}

function columnsOf(rows: readonly Sample[]): readonly AppendColumn[] {
  return columns.map(({ name, type }) => ({
    type,
    values: rows.map((row) => row[name as keyof Sample]),
  }));
}

const samples = fc.array(
  fc.record({
    id: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    weight: fc.option(fc.double({ noNaN: true })),
    name: fc.option(
      fc
        .string({ unit: 'grapheme' })
        .filter((text) => !text.includes('\u0000') && !text.includes('\uFEFF')),
    ),
    runs: fc.option(fc.array(fc.double({ noNaN: true }), { maxLength: 4 })),
  }),
  { maxLength: 40 },
);

describe('openDatabase', () => {
  it('keeps rows of every type as they were appended, over a restart', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(samples, async (rows) => {
        const path = join(scratch.folder, `laws-${run++}.duckdb`);
        const first = await open(path);
        await first.transact(async (tables) => {
          await tables.create('rows', columns);
          await tables.append('rows', columnsOf(rows));
        });
        await first.close();
        const second = await open(path, 'read');
        expect(await second.rows(table)).toEqual(rows);
        await second.close();
      }),
      { numRuns: 25 },
    );
  });

  it('appends more rows than a chunk of DuckDB’s holds', async () => {
    const database = await open(join(scratch.folder, 'many.duckdb'));
    const rows = Array.from({ length: 5000 }, (_, i) => ({
      id: BigInt(i),
      weight: i / 3,
      name: `name of the row ${i}`,
      runs: Array.from({ length: i % 5 }, (_, j) => i + j),
    }));
    await database.transact(async (tables) => {
      await tables.create('rows', columns);
      await tables.append('rows', columnsOf(rows));
    });
    expect(await database.rows(table)).toEqual(rows);
    await database.close();
  });

  it('keeps nothing of a transaction that throws', async () => {
    const database = await open(join(scratch.folder, 'rollback.duckdb'));
    const one = { id: 1n, weight: 0.5, name: 'kept', runs: [1] };
    await database.transact(async (tables) => {
      await tables.create('rows', columns);
      await tables.append('rows', columnsOf([one]));
    });
    const failing = database.transact(async (tables) => {
      await tables.clear('rows');
      await tables.append('rows', columnsOf([{ ...one, name: 'lost' }]));
      throw new Error('on the way');
    });
    await expect(failing).rejects.toThrow('on the way');
    expect(await database.rows(table)).toEqual([one]);
    await database.close();
  });

  it('refuses what is no database, what is not there, and a second process', async () => {
    const path = await scratch.write('prose.duckdb', 'to be or not to be, that is the question');
    expect((await failureOf(open(path))).code).toBe('engine.not-a-database');
    const absent = join(scratch.folder, 'absent.duckdb');
    expect((await failureOf(open(absent, 'read'))).code).toBe('engine.cannot-read');
    const held = join(scratch.folder, 'held.duckdb');
    const database = await open(held);
    const script = `import { openDatabase } from ${JSON.stringify(ENGINE)};
      await openDatabase({ path: ${JSON.stringify(held)}, access: 'read', threads: 1, memoryLimitBytes: 2 ** 28 })
        .catch((error) => console.log(error.code));`;
    const second = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(String(second.stdout).trim()).toBe('engine.file-in-use');
    await database.close();
  });
});

const ENGINE = fileURLToPath(new URL('../src/index.ts', import.meta.url));
/** Keeps no reference to its hold, and collects its garbage. */
const HOLDER = `import { lockFile } from ${JSON.stringify(ENGINE)};
  lockFile(process.argv[1]); gc(); setTimeout(() => { gc(); console.log('held'); }, 10); setInterval(() => {}, 1000);`;

describe('lockFile', () => {
  it('holds against the same process until it is released', () => {
    const path = join(scratch.folder, 'own.lock');
    const lock = lockFile(path);
    expect(() => lockFile(path)).toThrow(/engine\.file-in-use.*process/);
    lock.release();
    lockFile(path).release();
  });

  it('holds against another process, names it, and ends with it, even by kill -9', async () => {
    const path = join(scratch.folder, 'other.lock');
    const holder = spawn(process.execPath, [
      '--expose-gc',
      '--input-type=module',
      '-e',
      HOLDER,
      path,
    ]);
    await once(holder.stdout, 'data');
    expect(() => lockFile(path)).toThrow(new RegExp(`in use by process ${holder.pid}`));
    holder.kill('SIGKILL');
    await once(holder, 'close');
    lockFile(path).release();
    expect((await stat(path)).size).toBe(0);
  });

  it('refuses a folder that is not there', () => {
    expect(() => lockFile(join(scratch.folder, 'no', 'x.lock'))).toThrow(/engine\.cannot-write/);
  });
});

const smallDisk = mkdtempSync(join(tmpdir(), 'engine-small-disk-'));
let isMounted = false;
beforeAll(() => {
  isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', smallDisk]).status === 0;
  if (!isMounted) console.log('skipped: full disk, since this user cannot mount a tmpfs');
});
afterAll(async () => {
  if (isMounted) spawnSync('umount', [smallDisk]);
  await rm(smallDisk, { recursive: true });
});

describe('transact on a full disk', () => {
  it('keeps all or nothing, says that the disk is full, and goes on when it is not', async ({
    skip,
  }) => {
    if (!isMounted) return skip();
    const path = join(smallDisk, 'full.duckdb');
    const rows = Array.from({ length: 2000 }, (_, i) => ({
      id: BigInt(i),
      weight: Math.random(),
      name: `${Math.random()}${Math.random()}`,
      runs: [Math.random()],
    }));
    let kept = 0;
    const append = async () => {
      const database = await open(path);
      try {
        await database.transact(async (tables) => {
          await tables.create('rows', columns);
          await tables.append('rows', columnsOf(rows));
        });
        kept += rows.length;
      } finally {
        await database.close();
      }
    };
    const failure = await failureOf(
      (async () => {
        for (let i = 0; i < 100; i++) await append();
      })(),
    );
    expect(failure).toMatchObject({ code: 'engine.disk-full', details: { path } });
    expect(kept).toBeGreaterThan(0);
    spawnSync('mount', ['-o', 'remount,size=16m', smallDisk]);
    const counted = await open(path, existsSync(`${path}.wal`) ? 'write' : 'read');
    expect((await counted.rows(table)).length).toBe(kept);
    await counted.close();
    await append();
  });
});

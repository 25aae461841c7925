import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SCRIPTS = fileURLToPath(new URL('../../../scripts/', import.meta.url));
const TOOLS = ['sh', 'dirname', 'cat', 'mkdir', 'rm', 'env'];

describe('the cluster scripts', () => {
  let root = '';
  const run = (path: string) =>
    spawnSync(join(root, 'scripts/cluster.sh'), ['up', join(root, 'cluster')], {
      encoding: 'utf8',
      env: { PATH: path },
    });

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'wavetune-scripts-'));
    mkdirSync(join(root, 'bin'));
    mkdirSync(join(root, 'scripts'));
    for (const name of ['cluster.sh', 'spark.sh']) {
      cpSync(join(SCRIPTS, name), join(root, 'scripts', name));
    }
    for (const tool of TOOLS) {
      const { stdout } = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' });
      symlinkSync(stdout.trim(), join(root, 'bin', tool));
    }
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('say what the machine lacks, and start nothing', () => {
    const withoutJava = run(join(root, 'bin'));
    expect([withoutJava.status, withoutJava.stderr]).toEqual([
      1,
      'spark: there is no java; install a JDK 17 or newer\n',
    ]);
    mkdirSync(join(root, 'java'));
    writeFileSync(join(root, 'java/java'), '#!/bin/sh\n', { mode: 0o755 });
    const withoutPython = run(`${join(root, 'bin')}:${join(root, 'java')}`);
    expect([withoutPython.status, withoutPython.stderr]).toEqual([
      1,
      'spark: there is no python3; Spark comes as a Python package\n',
    ]);
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** A server in memory, of a test's own. */
export interface MongoServer {
  /** `mongodb://127.0.0.1:port` */
  readonly url: string;
  stop(): Promise<void>;
}

/** False, with a line that says so, where the machine has no JDK. Fetches the server where it is not there yet. */
export function hasMongo(): boolean {
  if (spawnSync('java', ['-version']).status !== 0) {
    console.log('skipped: MongoDB, since there is no java on the PATH');
    return false;
  }
  const fetched = spawnSync(join(ROOT, 'scripts/maven-jars.sh'), ['mongo'], { encoding: 'utf8' });
  if (fetched.status !== 0) throw new Error(`scripts/maven-jars.sh failed: ${fetched.stderr}`);
  return true;
}

export async function startMongo(): Promise<MongoServer> {
  const source = fileURLToPath(new URL('mongo-server.java', import.meta.url));
  const libs = join(ROOT, '.tools/mongo/libs/*');
  const child = spawn('java', ['-cp', libs, source], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [url] = await once(createInterface(child.stdout), 'line');
  return {
    url,
    stop: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A Kafka broker of a test's own, on one node. */
export interface KafkaBroker {
  /** `host:port` */
  readonly address: string;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** On the same port, over the same files. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** False, with a line that says so, where the machine has no JDK. Fetches the broker where it is not there yet. */
export function hasKafka(): boolean {
  if (spawnSync('java', ['-version']).status !== 0) {
    console.log('skipped: Kafka, since there is no java on the PATH');
    return false;
  }
  const fetched = spawnSync(join(ROOT, 'scripts/kafka.sh'), { encoding: 'utf8' });
  if (fetched.status !== 0) throw new Error(`scripts/kafka.sh failed: ${fetched.stderr}`);
  return true;
}

/** Groups may have sessions of a second, so that a dead consumer is soon missed. */
export async function startKafka(): Promise<KafkaBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'policy-engine-kafka-'));
  const [port, controllerPort] = [await freePort(), await freePort()];
  const settings = join(folder, 'server.properties');
  writeFileSync(settings, propertiesOf({ folder, port, controllerPort }));
  const clusterId = randomBytes(16).toString('base64url');
  const formatted = spawnSync(
    'java',
    wordsOf('kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settings),
  );
  if (formatted.status !== 0) throw new Error(`Kafka's storage: ${formatted.stderr}`);
  const broker = (): ReturnType<typeof spawn> =>
    spawn('java', wordsOf('kafka.Kafka', settings), { stdio: ['ignore', 'ignore', 'pipe'] });
  let child = broker();
  await started(child);
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return {
    address: `127.0.0.1:${port}`,
    kill,
    start: async () => {
      child = broker();
      await started(child);
    },
    stop: async () => {
      await kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Few threads and little memory: a test's broker has little to do. */
function wordsOf(...words: readonly string[]): string[] {
  const options = ['-Xmx256m', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  return [...options, '-cp', join(ROOT, '.tools/kafka/libs/*'), ...words];
}

function propertiesOf({
  folder,
  port,
  controllerPort,
}: {
  readonly folder: string;
  readonly port: number;
  readonly controllerPort: number;
}): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    `log.dirs=${join(folder, 'data')}`,
    'auto.create.topics.enable=false',
    'offsets.topic.num.partitions=1',
    'offsets.topic.replication.factor=1',
    'transaction.state.log.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'group.min.session.timeout.ms=500',
  ].join('\n');
}

async function started(child: ReturnType<typeof spawn>): Promise<void> {
  const said: string[] = [];
  for await (const line of createInterface(child.stderr!)) {
    if (line.includes('Kafka Server started')) {
      child.stderr!.resume();
      return;
    }
    said.push(line);
  }
  throw new Error(`the broker ended: ${said.slice(-5).join('\n')}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, 'close');
  return port;
}

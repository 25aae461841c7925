import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that breaks. */
export interface CuttingProxy {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Connections that were cut in the middle. */
  readonly cuts: number;
  /** Cuts each connection once so many bytes came back over it. */
  cutAfter(bytes: number): void;
  cutAll(): void;
  close(): Promise<void>;
}

/** Passes bytes on between clients and `target`, `host:port`. */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const [host, port] = target.split(':');
  const clients = new Set<Socket>();
  let limitBytes = Number.POSITIVE_INFINITY;
  let cuts = 0;
  const cut = (client: Socket): void => {
    if (client.destroyed) return;
    cuts++;
    client.destroy();
  };
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    let passedBytes = 0;
    clients.add(client);
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('error', () => upstream.destroy());
    client.on('close', () => {
      clients.delete(client);
      upstream.destroy();
    });
    upstream.on('data', ({ length }) => {
      passedBytes += length;
      if (passedBytes > limitBytes) cut(client);
    });
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return cuts;
    },
    cutAfter: (bytes) => {
      limitBytes = bytes;
    },
    cutAll: () => clients.forEach(cut),
    close: async () => {
      for (const client of clients) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

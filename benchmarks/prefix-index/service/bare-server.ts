// Sends so many bytes whatever it is asked: what HTTP, the load tool and the machine cost without an index.
//
//   node benchmarks/prefix-index/service/bare-server.ts BYTES
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const answer = Buffer.alloc(Number(process.argv[2]), 'x');
const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', answer.length);
  response.end(answer);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

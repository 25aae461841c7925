import { Transform } from 'node:stream';
import { answerOf } from './failure-answer.ts';
import { serviceError } from './service-errors.ts';

const NEW_LINE = 0x0a;
/** JSON-RPC's number for a request that cannot be read. */
const PARSE_ERROR = -32_700;
const ID_BYTES = 256;

/**
 * Passes on the lines of a JSON-RPC stream that are valid UTF-8 and no longer than `limitBytes`; answers the others, so
 * that nobody waits for them. Without it, broken text would come in as replacement characters, and be registered so.
 *
 * @param answer - Sends a line.
 */
export function requestLines(limitBytes: number, answer: (line: string) => void): Transform {
  let parts: Buffer[] = [];
  let sizeBytes = 0;
  let tail: Buffer = Buffer.alloc(0);
  const refuse = (failure: Error): void => answer(errorLine(failure, tail));
  const take = (part: Buffer): void => {
    sizeBytes += part.length;
    tail = Buffer.concat([tail, part.subarray(-ID_BYTES)]).subarray(-ID_BYTES);
    if (sizeBytes <= limitBytes) parts.push(part);
    else parts = [];
  };
  return new Transform({
    transform(chunk: Buffer, _, done) {
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(NEW_LINE, start);
        take(chunk.subarray(start, end === -1 ? chunk.length : end));
        if (end === -1) break;
        const line = Buffer.concat([...parts, Buffer.from('\n')]);
        if (sizeBytes > limitBytes) refuse(serviceError('service.too-large', { limitBytes }));
        else if (!isUtf8(line)) refuse(serviceError('service.bad-encoding', {}));
        else this.push(line);
        parts = [];
        sizeBytes = 0;
        tail = Buffer.alloc(0);
        start = end + 1;
      }
      done();
    },
  });
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The id of a request stands last where clients write it with `JSON.stringify`; null where it is not found. */
function errorLine(failure: Error, tail: Buffer): string {
  const [, id = 'null'] =
    /"id":\s*(-?\d{1,15}|"[\w.-]{1,64}")\s*\}?\s*$/.exec(tail.toString('latin1')) ?? [];
  const { error } = answerOf(failure).body;
  const message = `${error.code}: ${error.message}`;
  return `${JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(id), error: { code: PARSE_ERROR, message } })}\n`;
}

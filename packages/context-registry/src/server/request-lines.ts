import { Transform } from 'node:stream';
import { answerOf } from './failure-answer.ts';
import { serviceError } from './service-errors.ts';

const NEW_LINE = 0x0a;
/** JSON-RPC's number for a request that cannot be read. */
const PARSE_ERROR = -32_700;
const ID_BYTES = 256;

/**
 * Passes on the lines of a JSON-RPC stream that are JSON in valid UTF-8 and no longer than `limitBytes`, the last one also
 * without a line end; answers the others, so that nobody waits for them. Without it, broken text would come in as
 * replacement characters, and be registered so. Empty lines are dropped.
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
  const close = (pass: (line: Buffer) => void): void => {
    if (sizeBytes > limitBytes) refuse(serviceError('service.too-large', { limitBytes }));
    else if (sizeBytes > 0) {
      const line = Buffer.concat([...parts, Buffer.from('\n')]);
      const fault = faultOf(line);
      if (fault === undefined) pass(line);
      else refuse(fault);
    }
    parts = [];
    sizeBytes = 0;
    tail = Buffer.alloc(0);
  };
  return new Transform({
    transform(chunk: Buffer, _, done) {
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(NEW_LINE, start);
        take(chunk.subarray(start, end === -1 ? chunk.length : end));
        if (end === -1) break;
        close((line) => this.push(line));
        start = end + 1;
      }
      done();
    },
    flush(done) {
      close((line) => this.push(line));
      done();
    },
  });
}

function faultOf(line: Uint8Array): Error | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(line);
  } catch (cause) {
    return serviceError('service.bad-encoding', {}, { cause });
  }
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    return serviceError('service.bad-json', {}, { cause });
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

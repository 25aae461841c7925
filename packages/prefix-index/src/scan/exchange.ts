import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { EventScanner } from './event-scanner.ts';
import { endScan, type ScanState, wasEnded } from './scan-parts.ts';

/** By the number of a scanner: the port to it; undefined for one's own. */
export type Ports = readonly (MessagePort | undefined)[];

/**
 * What one scanner sends to another: events of its rows, the first bytes of a room; a room that it got, to be filled again; at
 * last that there is no more.
 */
type Parcel = { readonly room: ArrayBuffer; readonly sizeBytes: number } | 'end';

const LEAST_ROOM_BYTES = 2 ** 18;
/** Chosen: more are on their way only while one thread is far ahead, and would be kept for nothing afterwards. */
const MOST_FREE_ROOMS = 4;
/** Chosen: what nobody has taken yet, as long as a thread digests a large file. */
const MOST_BYTES_ON_THE_WAY = 2 ** 28;

/** A port for each two of `count` scanners; what the scanner of a number gets stands there. */
export function connectAll(count: number): readonly Ports[] {
  const ports = Array.from({ length: count }, () => new Array<MessagePort | undefined>(count));
  for (let one = 0; one < count; one++) {
    for (let other = one + 1; other < count; other++) {
      const { port1, port2 } = new MessageChannel();
      ports[one][other] = port1;
      ports[other][one] = port2;
    }
  }
  return ports;
}

/** The events that a scanner finds of others' rows, and those that others find of its. */
export interface Exchange {
  /** Sends what was found since, and adds what came meanwhile. @returns False where the scan is over before its end. */
  readonly pass: () => boolean;
  /** Passes on until not so much of what was sent is on its way any more: at once, unless the others are far behind. */
  readonly catchUp: () => Promise<void>;
  /** Nothing more is sent. Adds what comes until all others have said so too. @returns As `pass`. */
  readonly end: () => Promise<boolean>;
}

export function openExchange(
  scanner: Pick<EventScanner, 'takeSent' | 'addSent'>,
  ports: Ports,
  state: ScanState,
): Exchange {
  const waitedFor = new Set<number>();
  ports.forEach((port, number) => {
    if (port !== undefined) waitedFor.add(number);
  });
  // Memory that the system gives anew costs more than what is written into it; much of it makes the collector mark the heap.
  const rooms: ArrayBuffer[] = [];
  let bytesOnTheWay = 0;
  const take = (from: number, parcel: Parcel): void => {
    if (parcel === 'end') return void waitedFor.delete(from);
    const { room, sizeBytes } = parcel;
    if (sizeBytes === 0) {
      bytesOnTheWay -= room.byteLength;
      if (rooms.length < MOST_FREE_ROOMS) rooms.push(room);
      else room.transfer(0);
      return;
    }
    if (!wasEnded(state) && !scanner.addSent(from, new Uint8Array(room, 0, sizeBytes))) {
      endScan(state);
    }
    post(ports[from], room, 0);
  };
  const pass = (): boolean => {
    ports.forEach((port, number) => {
      if (port === undefined) return;
      const sent = scanner.takeSent(number);
      if (sent !== undefined) {
        const room = filled(rooms.pop(), sent);
        bytesOnTheWay += room.byteLength;
        post(port, room, sent.length);
      }
      for (let came = receiveMessageOnPort(port); came; came = receiveMessageOnPort(port)) {
        take(number, came.message);
      }
    });
    return !wasEnded(state);
  };
  const catchUp = async (): Promise<void> => {
    while (bytesOnTheWay > MOST_BYTES_ON_THE_WAY && pass()) await sleep(1);
  };
  const end = async (): Promise<boolean> => {
    pass();
    await Promise.all(
      ports.map((port, number) => port && endOf(port, { waitedFor, number, take, state })),
    );
    return !wasEnded(state);
  };
  return { pass, catchUp, end };
}

function post(port: MessagePort | undefined, room: ArrayBuffer, sizeBytes: number): void {
  port?.postMessage({ room, sizeBytes } satisfies Parcel, [room]);
}

function filled(room: ArrayBuffer | undefined, bytes: Uint8Array): ArrayBuffer {
  let kept = room;
  if (kept === undefined || kept.byteLength < bytes.length) {
    kept?.transfer(0);
    kept = new ArrayBuffer(Math.max(LEAST_ROOM_BYTES, 2 * bytes.length));
  }
  new Uint8Array(kept).set(bytes);
  return kept;
}

interface Waiting {
  readonly number: number;
  readonly waitedFor: ReadonlySet<number>;
  readonly take: (from: number, parcel: Parcel) => void;
  readonly state: ScanState;
}

/** Where the other thread ends without a word, the scan is over. */
function endOf(port: MessagePort, { number, waitedFor, take, state }: Waiting): Promise<void> {
  port.postMessage('end' satisfies Parcel);
  return new Promise((resolve) => {
    if (!waitedFor.has(number)) return resolve();
    port.on('message', (parcel: Parcel) => {
      take(number, parcel);
      if (!waitedFor.has(number)) resolve();
    });
    port.on('close', () => {
      if (waitedFor.has(number)) endScan(state);
      resolve();
    });
  });
}

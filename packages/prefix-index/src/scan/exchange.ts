import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { SharingScanner } from './event-scanner.ts';
import { endScan, type ScanState, wasEnded } from './scan-parts.ts';

/** By the number of a scanner: the port to it; undefined for one's own. */
export type Ports = readonly (MessagePort | undefined)[];

/** What one scanner sends to another: events of its rows, at last that there are no more. */
type Parcel = { readonly sent: Uint8Array<ArrayBuffer> } | 'end';

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
  /** Nothing more is sent. Adds what comes until all others have said so too. @returns As `pass`. */
  readonly end: () => Promise<boolean>;
}

export function openExchange(scanner: SharingScanner, ports: Ports, state: ScanState): Exchange {
  const waitedFor = new Set<number>();
  ports.forEach((port, number) => {
    if (port !== undefined) waitedFor.add(number);
  });
  const take = (from: number, parcel: Parcel): void => {
    if (parcel === 'end') waitedFor.delete(from);
    else if (!wasEnded(state) && !scanner.addSent(from, parcel.sent)) endScan(state);
  };
  const pass = (): boolean => {
    ports.forEach((port, number) => {
      if (port === undefined) return;
      const sent = scanner.takeSent(number);
      if (sent !== undefined) port.postMessage({ sent } satisfies Parcel, [sent.buffer]);
      for (let came = receiveMessageOnPort(port); came; came = receiveMessageOnPort(port)) {
        take(number, came.message);
      }
    });
    return !wasEnded(state);
  };
  const end = async (): Promise<boolean> => {
    pass();
    await Promise.all(
      ports.map((port, number) => port && endOf(port, { waitedFor, number, take, state })),
    );
    return !wasEnded(state);
  };
  return { pass, end };
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

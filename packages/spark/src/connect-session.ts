import { randomUUID } from 'node:crypto';
import {
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type MethodDefinition,
} from '@grpc/grpc-js';
import {
  type Calls,
  CONNECT_SERVICE,
  type ExecuteResponse,
  type RequestHead,
} from './connect-protocol.ts';
import { codedFailure } from './rpc-failure.ts';
import { sparkError } from './spark-errors.ts';
import type { SparkAddress } from './spark-url.ts';

/** A session on a server, and the calls on it. */
export interface ConnectSession {
  readonly server: string;
  /** @throws WavetuneError `spark.*`; after `deadlineMillis` as a server that was lost. */
  call<Name extends Unary>(
    name: Name,
    body: Omit<Calls[Name]['request'], keyof RequestHead>,
    deadlineMillis: number,
  ): Promise<Calls[Name]['response']>;
  open<Name extends Streaming>(
    name: Name,
    body: Omit<Calls[Name]['request'], keyof RequestHead>,
  ): ClientReadableStream<ExecuteResponse>;
  /** The server has answered at least once. */
  readonly wasHeard: boolean;
  hear(response: { readonly serverSideSessionId?: string }): void;
  /** The failure of a call as one of ours. */
  coded(failure: unknown): unknown;
  readonly isClosed: boolean;
  /** Gives the session back, unless the address named it, and hangs up. */
  close(): Promise<void>;
}

type Streaming = 'ExecutePlan' | 'ReattachExecute';
type Unary = Exclude<keyof Calls, Streaming>;

const CLIENT_TYPE = 'wavetune';
const GOODBYE_MILLIS = 3000;
/** A result comes in messages of some MiB; how many is the server's to say. */
const CHANNEL = { 'grpc.max_receive_message_length': -1, 'grpc.keepalive_time_ms': 30_000 };

/** Opens no connection yet; the first call does. */
export function openSession(address: SparkAddress): ConnectSession {
  const { server, userId, sessionId = randomUUID() } = address;
  const send = createSender(address);
  let serverSideSessionId: string | undefined;
  let isClosed = false;
  const head = (): RequestHead => {
    if (isClosed) throw sparkError('spark.closed', {});
    return {
      sessionId,
      userContext: { userId },
      clientType: CLIENT_TYPE,
      ...(serverSideSessionId && { clientObservedServerSideSessionId: serverSideSessionId }),
    };
  };
  const session: ConnectSession = {
    server,
    call: async (name, body, deadlineMillis) => {
      try {
        const response = await send.unary(name, { ...head(), ...body }, deadlineMillis);
        session.hear(response);
        return response;
      } catch (failure) {
        throw session.coded(failure);
      }
    },
    open: (name, body) => send.streaming(name, { ...head(), ...body }),
    get wasHeard() {
      return serverSideSessionId !== undefined;
    },
    hear: (response) => {
      serverSideSessionId ||= response.serverSideSessionId;
    },
    coded: (failure) => codedFailure(failure, server, session.wasHeard),
    get isClosed() {
      return isClosed;
    },
    close: async () => {
      if (isClosed) return;
      if (address.sessionId === undefined && session.wasHeard) {
        await session.call('ReleaseSession', {}, GOODBYE_MILLIS).catch(() => undefined);
      }
      isClosed = true;
      send.hangUp();
    },
  };
  return session;
}

interface Sender {
  unary<Name extends Unary>(
    name: Name,
    request: object,
    deadlineMillis: number,
  ): Promise<Calls[Name]['response']>;
  streaming(name: Streaming, request: object): ClientReadableStream<ExecuteResponse>;
  hangUp(): void;
}

function createSender({ server, usesTls, token }: SparkAddress): Sender {
  const trust = usesTls ? credentials.createSsl() : credentials.createInsecure();
  const client = new Client(server, trust, CHANNEL);
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return {
    unary: (name, request, deadlineMillis) => {
      type Response = Calls[typeof name]['response'];
      const { path, requestSerialize, responseDeserialize } = methodOf<Response>(name);
      const { promise, resolve, reject } = Promise.withResolvers<Response>();
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        { deadline: Date.now() + deadlineMillis },
        (failure, response) => (failure ? reject(failure) : resolve(response!)),
      );
      return promise;
    },
    streaming: (name, request) => {
      const { path, requestSerialize, responseDeserialize } = methodOf<ExecuteResponse>(name);
      return client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
      );
    },
    hangUp: () => client.close(),
  };
}

function methodOf<Response>(name: keyof Calls): MethodDefinition<object, Response> {
  return CONNECT_SERVICE[name];
}

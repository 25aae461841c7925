import { join } from 'node:path';
import {
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';

const PROTO = join(import.meta.dirname, '../../src/service/prefix-index.proto');

type Message = Readonly<Record<string, unknown>>;

/** A client of the service that knows the calls from the proto file alone. */
export interface GrpcCaller {
  readonly client: Client;
  readonly calls: ServiceDefinition;
  readonly close: () => void;
}

export interface GrpcTerms {
  readonly token?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export async function openGrpc(port: number): Promise<GrpcCaller> {
  const definition = await load(PROTO, { keepCase: true, longs: Number, defaults: false });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const calls = definition['wavetune.prefix.v1.PrefixIndex'] as ServiceDefinition;
  return { client, calls, close: () => client.close() };
}

/** Rejects with gRPC's code and the service's own. */
export function callGrpc(
  { client, calls }: GrpcCaller,
  call: string,
  message: object,
  terms: GrpcTerms = {},
): Promise<Message> {
  const { path, requestSerialize, responseDeserialize } = calls[call];
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      (bytes) => responseDeserialize(bytes) as Message,
      message,
      metadataOf(terms),
      (failure, answer) => (failure === null ? resolve(answer!) : reject(refusalOf(failure))),
    );
  });
}

export function watchGrpc(
  { client, calls }: GrpcCaller,
  message: object,
  terms: GrpcTerms = {},
): ClientReadableStream<Message> {
  const { path, requestSerialize, responseDeserialize } = calls.WatchHints;
  return client.makeServerStreamRequest(
    path,
    requestSerialize,
    (bytes) => responseDeserialize(bytes) as Message,
    message,
    metadataOf(terms),
  );
}

export function refusalOf({ code, details, metadata }: ServiceError) {
  return { code, details, wavetuneCode: metadata.get('wavetune-code')[0] };
}

function metadataOf({ token, metadata: more = {} }: GrpcTerms): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  for (const [name, value] of Object.entries(more)) metadata.set(name, value);
  return metadata;
}

import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';

/** What every request begins with. */
export interface RequestHead {
  readonly sessionId: string;
  readonly userContext: { readonly userId: string };
  readonly clientType: string;
  /** The server's own name of the session, once it has said it: a server that was started again refuses. */
  readonly clientObservedServerSideSessionId?: string;
}

interface Plan {
  readonly root: { readonly sql: { readonly query: string } };
}

interface Heard {
  readonly serverSideSessionId?: string;
}

/** What is sent, and what comes back, by the name of the call. */
export interface Calls {
  readonly ExecutePlan: {
    readonly request: RequestHead & {
      readonly plan: Plan;
      readonly operationId: string;
      readonly requestOptions: readonly [
        { readonly reattachOptions: { readonly reattachable: true } },
      ];
    };
    readonly response: ExecuteResponse;
  };
  readonly ReattachExecute: {
    readonly request: RequestHead & {
      readonly operationId: string;
      readonly lastResponseId?: string;
    };
    readonly response: ExecuteResponse;
  };
  readonly ReleaseExecute: {
    readonly request: RequestHead & { readonly operationId: string; readonly releaseAll: object };
    readonly response: Heard;
  };
  readonly Interrupt: {
    readonly request: RequestHead & {
      readonly interruptType: 'INTERRUPT_TYPE_OPERATION_ID';
      readonly operationId: string;
    };
    readonly response: Heard & { readonly interruptedIds?: readonly string[] };
  };
  readonly AnalyzePlan: {
    readonly request: RequestHead &
      (
        | { readonly sparkVersion: object }
        | {
            readonly explain: {
              readonly plan: Plan;
              readonly explainMode: 'EXPLAIN_MODE_FORMATTED';
            };
          }
      );
    readonly response: Heard & {
      readonly explain?: { readonly explainString: string };
      readonly sparkVersion?: { readonly version: string };
    };
  };
  readonly Config: {
    readonly request: RequestHead & {
      readonly operation:
        | { readonly set: { readonly pairs: readonly KeyValue[] } }
        | { readonly getOption: { readonly keys: readonly string[] } };
    };
    readonly response: Heard & { readonly pairs?: readonly Partial<KeyValue>[] };
  };
  readonly ReleaseSession: { readonly request: RequestHead; readonly response: Heard };
}

interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** One message of a result. */
export interface ExecuteResponse extends Heard {
  readonly responseId?: string;
  readonly arrowBatch?: ArrowBatch;
  readonly resultComplete?: object;
}

/** Rows of a result as an Arrow stream of its own, its schema included. */
export interface ArrowBatch {
  readonly rowCount: number;
  readonly data: Uint8Array;
}

/** What a server says of a failure beside the status of the call. */
export interface ErrorStatus {
  readonly message?: string;
  readonly details?: readonly { readonly typeUrl?: string; readonly value?: Buffer }[];
}

/** The detail that Spark adds. */
export interface ErrorInfo {
  readonly reason?: string;
  readonly metadata?: Readonly<Record<string, string | undefined>>;
}

const PROTO_FILES = ['connect.proto', 'status.proto'].map((name) =>
  fileURLToPath(new URL(`proto/${name}`, import.meta.url)),
);
const definitions = loadSync(PROTO_FILES, { longs: Number, enums: String, oneofs: true });

/** The calls by name, with how their messages are written and read. */
export const CONNECT_SERVICE = definitions[
  'spark.connect.SparkConnectService'
] as ServiceDefinition;

/** Reads {@link ErrorStatus}. */
export const readErrorStatus = reader<ErrorStatus>('google.rpc.Status');
/** Reads {@link ErrorInfo}. */
export const readErrorInfo = reader<ErrorInfo>('google.rpc.ErrorInfo');

function reader<T>(name: string): (bytes: Buffer) => T {
  return (definitions[name] as unknown as MessageTypeDefinition<T, T>).deserialize;
}

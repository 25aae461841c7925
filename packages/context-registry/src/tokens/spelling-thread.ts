import { parentPort, workerData } from 'node:worker_threads';
import { loadDefaultTokenizer, loadTokenizer } from './hugging-face.ts';

const { path } = workerData as { readonly path: string | undefined };
/** Whoever asks has checked the length. */
const unlimited = { maxTextBytes: Number.POSITIVE_INFINITY };
const tokenizer = await (path === undefined
  ? loadDefaultTokenizer(unlimited)
  : loadTokenizer(path, unlimited));

parentPort?.on('message', (text: string) => {
  const tokens = tokenizer.encode(text);
  parentPort?.postMessage(tokens, [tokens.buffer as ArrayBuffer]);
});
parentPort?.postMessage('ready');

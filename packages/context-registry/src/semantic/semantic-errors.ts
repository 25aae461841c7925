import { defineErrors } from '@wavetune/core';

export const semanticError = defineErrors({
  'semantic.bad-vector': (d: { readonly label: string; readonly reason: string }) =>
    `the embedding of ${d.label} is refused: ${d.reason}; nothing was changed`,
  'semantic.endpoint-failed': (d: { readonly url: string; readonly reason: string }) =>
    `${d.url} gave no embeddings: ${d.reason}`,
  'semantic.bad-model': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} does not serve as an embedding model: ${d.reason}`,
  'semantic.no-runtime': (d: { readonly reason: string }) =>
    `an ONNX model needs the package onnxruntime-node, which cannot be loaded: ${d.reason}`,
});

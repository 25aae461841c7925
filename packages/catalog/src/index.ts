export { assetPath } from './assets.ts';
export { type Device, listDevices, loadDevice } from './device.ts';
export { listModels, loadModel } from './load-model.ts';
export { type Attention, bytesPerToken, type FeedForward, type Model } from './model.ts';
export { prefillFlopsPerToken, weightsPerToken } from './prefill-flops.ts';

export { clientError } from './client-errors.ts';
export {
  createHintClient,
  type HintClient,
  type HintClientOptions,
  type LocalQuestion,
  type LocalSuggestion,
} from './hint-client.ts';

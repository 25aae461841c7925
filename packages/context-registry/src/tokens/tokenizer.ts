/** Turns text into a model's token ids. The same text gives the same ids in every process. */
export interface Tokenizer {
  /** Names the vocabulary, for people and for snapshots: two tokenizers of one name agree on every text. */
  readonly name: string;
  /** Ids are below it. */
  readonly vocabularySize: number;
  /**
   * No token is added that the text does not spell: a chat template is the caller's. Bytes are UTF-8.
   *
   * @throws WavetuneError `tokens.invalid-text`, `tokens.text-too-long`.
   */
  encode(text: string | Uint8Array): Uint32Array;
  /** The text of the ids, special tokens spelled out; a cut character becomes U+FFFD. */
  decode(tokens: Uint32Array): string;
}

import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config/load-config.ts';

const parse = (text: string) => parseConfig(text, 'nightly.yaml');

describe('parseConfig', () => {
  it('fills in what is not said', () => {
    const config = parse('logs: {files: "logs/{date}/*.jsonl"}');
    expect(config.logs.files).toEqual(['logs/{date}/*.jsonl']);
    expect(config.statistics).toMatchObject({ horizon_nights: 30, half_life: 86_400_000 });
    expect(config.gates.least_nights).toBe(3);
  });

  it('reads durations into milliseconds', () => {
    const config = parse('{logs: {files: a}, statistics: {half_life: 90m}}');
    expect(config.statistics.half_life).toBe(5_400_000);
  });

  it.each([
    [
      'logs: {files: a}\nretentoin: {runs: 3}',
      /at its top: unknown key retentoin; did you mean retention\?/,
    ],
    [
      'logs: {files: a}\ngates: {madness: 3}',
      /key gates: unknown key madness; accepted: nights, least_nights/,
    ],
    ['logs: {file: a}', /key logs.*did you mean files\?|key logs\.files/],
    ['logs: {files: a}\nwindow_nights: 0', /key window_nights/],
    ['logs: {files: a}\nmemory: lots', /key memory: accepted is a size such as 40GiB/],
    ['logs: {files: a}\nstatistics: {half_life: 3 days}', /accepted is a duration/],
    ['logs: {files: a, options: {engine: "sc://h"}}', /key logs\.options: no engine goes here/],
    ['logs: [\n', /line 2|line 1/],
    ['', /key logs/],
    ['logs: *nowhere', /an alias: Unresolved alias/],
    ['logs: {files: a}\nstatistics: {half_life: 0.0h}', /accepted is a duration/],
    ['- a\n- b', /nightly\.yaml, at its top/],
  ])('refuses %j by code, and says where', (text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'nightly.bad-config',
        message: expect.stringMatching(message),
      }),
    );
  });
});

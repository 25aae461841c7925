import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSparkUrl } from '../src/spark-url.ts';

describe('the address of a Spark Connect server', () => {
  it('is host and port, and parameters behind a slash', () => {
    const url = 'sc://spark-master:15003/;user_id=ada;token=a%3Db%3B;use_ssl=true';
    expect(parseSparkUrl(url)).toEqual({
      host: 'spark-master',
      port: 15_003,
      server: 'spark-master:15003',
      usesTls: true,
      userId: 'ada',
      token: 'a=b;',
    });
    expect(parseSparkUrl('sc://[::1]')).toMatchObject({ server: '[::1]:15002', usesTls: false });
  });

  it('asks for TLS where a token leaves the machine', () => {
    expect(parseSparkUrl('sc://far/;token=t').usesTls).toBe(true);
    expect(parseSparkUrl('sc://127.0.0.1:1/;token=t').usesTls).toBe(false);
  });

  it('gives back any token, and never prints one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 8 }), (token) => {
        const url = `sc://far:1/;token=${encodeURIComponent(token)}`;
        expect(parseSparkUrl(url).token).toBe(token);
        expect(messageOf(`${url};session_id=1`)).not.toContain(token);
        expect(messageOf(`${url};token=%`)).not.toContain(token);
        expect(messageOf(`${url}/nowhere;x=${encodeURIComponent(token)}`)).not.toContain(token);
      }),
    );
  });

  it.each([
    'http://host:1',
    'sc://',
    'sc://host:99999',
    'sc://host:1/path',
    'sc://host/;nothing',
    'sc://host/;session_id=7',
    'sc://user@host:1',
  ])('is refused in the form of %s', (url) => {
    expect(() => parseSparkUrl(url)).toThrow(/accepted is sc:\/\/host:port/);
  });
});

function messageOf(url: string): string {
  try {
    parseSparkUrl(url);
    return '';
  } catch (failure) {
    return String(failure);
  }
}

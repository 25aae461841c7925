import { Counter, Gauge, type Registry } from 'prom-client';
import type { ServiceStats } from '../server/service-answers.ts';

/** A number read off the stats, once or by a label. */
export interface Reading {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  readonly read: (stats: ServiceStats) => number | Readonly<Record<string, number>> | undefined;
}

/** Read when Prometheus asks. */
export function addGauge(
  registry: Registry,
  prefix: string,
  { name, help, label, read }: Reading,
  stats: () => ServiceStats,
): void {
  new Gauge({
    name: `${prefix}${name}`,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    collect() {
      const now = read(stats());
      // A gauge without labels would show 0 for what is not known.
      if (now === undefined && label === undefined) this.set(Number.NaN);
      for (const [value, labels] of valuesOf(now, label)) this.set(labels, value);
    },
  });
}

/** Sums since the start, which the service keeps. */
export function addCounter(
  registry: Registry,
  prefix: string,
  { name, help, label, read }: Reading,
  stats: () => ServiceStats,
): void {
  new Counter({
    name: `${prefix}${name}`,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, labels] of valuesOf(read(stats()), label)) this.inc(labels, value);
    },
  });
}

type Labelled = readonly [value: number, labels: Record<string, string>];

function valuesOf(read: ReturnType<Reading['read']>, label = ''): readonly Labelled[] {
  if (read === undefined) return [];
  if (typeof read === 'number') return [[read, {}]];
  return Object.entries(read).map(([name, value]) => [value, { [label]: name }]);
}

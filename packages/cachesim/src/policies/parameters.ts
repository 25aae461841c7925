import { cachesimError } from '../cachesim-errors.ts';
import type { ParameterSpec, ParameterValues, PolicyDescription } from './policy.ts';

/**
 * Every parameter of a policy: the given values checked, the others at their initial value.
 *
 * @throws WavetuneError `cachesim.unknown-parameter`, `cachesim.bad-parameter`
 */
export function parametersOf(
  { name, parameters }: PolicyDescription,
  given: ParameterValues,
): ParameterValues {
  for (const parameter of Object.keys(given)) {
    if (!parameters.some((spec) => spec.name === parameter)) {
      const known = parameters.map((spec) => spec.name);
      throw cachesimError('cachesim.unknown-parameter', { policy: name, parameter, known });
    }
  }
  return Object.fromEntries(
    parameters.map((spec) => [spec.name, checked(name, spec, given[spec.name] ?? spec.initial)]),
  );
}

function checked(policy: string, spec: ParameterSpec, value: number | string): number | string {
  const accepted =
    spec.kind === 'choice'
      ? typeof value === 'string' && spec.choices.includes(value)
      : typeof value === 'number' &&
        value >= spec.least &&
        value <= spec.most &&
        (spec.whole === undefined || Number.isInteger(value));
  if (accepted) return value;
  throw cachesimError('cachesim.bad-parameter', {
    policy,
    parameter: spec.name,
    found: String(value),
    accepted: rangeOf(spec),
  });
}

function rangeOf(spec: ParameterSpec): string {
  if (spec.kind === 'choice') return spec.choices.join(' or ');
  return `${spec.whole ? 'a whole number' : 'a number'} from ${spec.least} to ${spec.most}`;
}

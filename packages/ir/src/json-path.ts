/** `$.plan.columns[0].name` */
export function jsonPath(root: string, keys: readonly PropertyKey[]): string {
  return (
    root + keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  );
}

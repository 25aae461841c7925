const OURS = /^\s*\{\s*("plan"\s*:\s*\{|"schema"\s*:\s*"ir\/)/;
const DATAJAX = /^\s*\[\s*\{/;

/**
 * Which plan a text holds, told from its beginning: a document of ours, whose first key is `plan` or `schema: "ir/…"`, or
 * datajax's bare array of objects. Undefined for everything else: no format of request traces begins so, for theirs are
 * one record a line, one object, or no JSON at all.
 */
export function planFormatOf(head: string): 'ir' | 'datajax' | undefined {
  if (OURS.test(head)) return 'ir';
  return DATAJAX.test(head) ? 'datajax' : undefined;
}

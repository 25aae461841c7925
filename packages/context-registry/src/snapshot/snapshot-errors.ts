import { defineErrors } from '@wavetune/core';

export const snapshotError = defineErrors({
  'snapshot.unreadable': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} is no snapshot that can be restored: ${d.reason}. Restore another file, or start without one and register the contexts again; nothing was changed`,
  'snapshot.other-registry': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} belongs to another registry: ${d.reason}. Start with the settings that it was made with; nothing was changed`,
  'snapshot.not-empty': (d: { readonly path: string; readonly contexts: number }) =>
    `${d.path} was not restored: the registry already holds ${d.contexts} contexts; clear it first`,
});

import { describe, expect, it } from 'vitest';
import { callGrpc, openGrpc } from './grpc-kit.ts';
import { eventOf, openTestIndex, startTestService, tokenOf } from './service-kit.ts';

const PROMPT = 'my-private-prompt';

describe('the log', () => {
  it('holds nothing of what callers send, in whatever place they send it', async () => {
    const real = await openTestIndex();
    const live = {
      ...real,
      explain: () => {
        throw new Error(`a failure that repeats ${PROMPT}`);
      },
    };
    const service = await startTestService({
      live,
      grpcPort: 0,
      tokens: [tokenOf(`${PROMPT}-token`, { name: 'planner' })],
    });
    await service.ready;
    const token = `${PROMPT}-token`;
    const named = eventOf({ prefix_id: PROMPT, tenant: PROMPT, model_id: PROMPT });
    const bodies = [
      { events: [{ ...named, prompt: PROMPT, token_ids: [PROMPT] }] },
      { events: [{ ...named, bytes: PROMPT }] },
      { [PROMPT]: PROMPT },
      `{"events": "${PROMPT}`,
    ];
    for (const body of bodies) await service.call('/ingest', { token, body });
    await service.call('/ingest', { token: PROMPT, body: bodies[0] });
    await service.call(`/suggest?${PROMPT}=1&tenant=${PROMPT}`, { token });
    await service.call(`/suggest?tenant=${PROMPT}`, { token, headers: { 'x-prompt': PROMPT } });
    await service.call(`/${PROMPT}`, { token });
    const failed = await service.call(`/explain?prefix_id=${PROMPT}`, { token });
    expect(failed.status).toBe(500);
    expect(JSON.stringify(failed.body)).not.toContain(PROMPT);
    const grpc = await openGrpc(service.grpcPort!);
    await callGrpc(grpc, 'Suggest', { tenant: PROMPT }, { token });
    await callGrpc(grpc, 'Explain', { prefix_id: PROMPT }, { token }).catch(() => undefined);
    await callGrpc(grpc, 'Ingest', { events: [{ prefix_id: PROMPT }] }, { token }).catch(
      () => undefined,
    );
    grpc.close();
    await service.close();
    const logged = service.logged();
    expect(logged).toContain('"call":"explain"');
    expect(logged).toContain('"status":500');
    expect(logged).not.toContain(PROMPT);
  });

  it('an event keeps none of the fields that the index does not know', async () => {
    const service = await startTestService();
    await service.ready;
    const event = { ...eventOf(), prompt: PROMPT, token_ids: [1, 2, 3], meta: { text: PROMPT } };
    await service.call('/ingest', { body: { events: [event] } });
    for (const path of ['/suggest', '/snapshot', '/explain?prefix_id=system-prompt', '/metrics']) {
      expect(JSON.stringify((await service.call(path)).body)).not.toContain(PROMPT);
    }
    await service.close();
  });
});

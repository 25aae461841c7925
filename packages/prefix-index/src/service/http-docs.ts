import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { WAVETUNE_VERSION } from '@wavetune/core';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';

/** OpenAPI at `/docs/json`, and a page that shows it at `/docs`; all that the page loads comes from here. */
export async function addDocs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'prefix-indexer',
        version: WAVETUNE_VERSION,
        description: 'Which prompt prefixes to warm, by decayed popularity.',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { validatorUrl: null },
  });
}

import { fileURLToPath } from 'node:url';
import { publishFile } from '@wavetune/core';
import { bundleClient } from './bundle-client.ts';
import { CLIENT_BUNDLE } from './page/page.ts';

await publishFile(fileURLToPath(CLIENT_BUNDLE), [await bundleClient()]);

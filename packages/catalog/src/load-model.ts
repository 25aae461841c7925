import { join } from 'node:path';
import { assetFiles } from './assets.ts';
import { fromHuggingFace, isHuggingFaceConfig } from './hugging-face.ts';
import { kindOfPath, parseAs, readJsonObject } from './json-file.ts';
import { type Model, modelSchema } from './model.ts';
import { findByName, unknownName } from './names.ts';

/** Every model of the catalogue, by name. */
export async function listModels(): Promise<readonly Model[]> {
  return Promise.all((await assetFiles('models')).map(readModel));
}

/**
 * A model of the catalogue by name or alias (case does not matter), or from a file: our own form, a Hugging Face
 * `config.json`, or a folder that holds one.
 *
 * @throws WavetuneError `catalog.unknown-name`, `catalog.unreadable-file`, `catalog.invalid-file`,
 * `catalog.unsupported-model`.
 */
export async function loadModel(nameOrPath: string): Promise<Model> {
  const models = await listModels();
  const known = findByName(models, nameOrPath);
  if (known !== undefined) return known;
  const kind = await kindOfPath(nameOrPath);
  if (kind === 'folder') return readModel(join(nameOrPath, 'config.json'));
  if (kind === 'file') return readModel(nameOrPath);
  throw unknownName('model', nameOrPath, models);
}

async function readModel(path: string): Promise<Model> {
  const value = await readJsonObject(path);
  return isHuggingFaceConfig(value)
    ? fromHuggingFace(value, path)
    : parseAs<Model>(value, modelSchema, { path, kind: 'model' });
}

import { PREFIX } from '../../../contract/environment';
import { uprightSize } from '../../../contract/geometry';
import { HookImage, HookRequest } from '../../../contract/hook';
import { HOOK_CONTRACT_VERSION } from '../../../contract/hook-limits';
import { DROP_MAX_IMAGES, IMAGE_MAX_BYTES, IMAGE_MAX_PIXELS } from '../../../contract/limits';
import { ProjectConfiguration } from '../../../contract/project-configuration';
import { ReasonCode } from '../../../contract/reasons';
import { inspect } from '../../images/gate';
import { Hook } from '../../ports';
import { World } from '../../world';
import { Engine, EngineFault, Engineered, EngineeredImage, Gated, GatedDrop } from '../engine';
import { EngineWatch } from '../engine-health';
import { givenImage } from '../given-image';
import { readAnswer } from './answer';
import { Staging } from './staging';

/** What the gate says of files that a function may know and we do not. */
const FOREIGN: readonly ReasonCode[] = ['unsupported-type', 'not-an-image'];

/**
 * A function of the user's makes the images. It is given the drop's place and a prefix to write images under, and answers with their
 * keys. Whatever it answers passes the same gate as a drop, and is stored and recorded like every image.
 */
export class HookEngine implements Engine {
  constructor(
    private readonly world: World, private readonly configuration: ProjectConfiguration,
    private readonly options: { readonly anyFile: boolean },
    private readonly hook: Hook, private readonly watch: EngineWatch,
  ) {}

  gate(bytes: Uint8Array): Gated {
    const inspected = inspect(bytes);
    return !inspected.ok && this.options.anyFile && FOREIGN.includes(inspected.reason) ? { ok: true } : inspected;
  }

  async engineer(drop: GatedDrop): Promise<Engineered> {
    await this.watch.admit();
    // a prefix for each try: one that is still running does not write over what another one reads
    const prefix = `${PREFIX.STAGING}${drop.sha256}/${this.world.ledger.newId()}/`;
    const outcome = await this.hook.call(JSON.stringify(this.request(drop, prefix)));
    if (outcome.kind !== 'answered') {
      throw new EngineFault(outcome.kind === 'failed' ? 'hook-failed' : 'hook-timed-out', outcome.message);
    }
    const read = readAnswer(outcome.payload, prefix);
    if ('problem' in read) {
      throw new EngineFault('hook-bad-answer', read.problem);
    }
    const { reject, images = [] } = read.answer;
    if (reject) {
      await this.watch.succeeded();
      return { kind: 'rejected', reason: 'hook-rejected', detail: reject.detail ? `${reject.reason}: ${reject.detail}` : reject.reason };
    }
    if (images.length > DROP_MAX_IMAGES) {
      return { kind: 'rejected', reason: 'too-many-images', detail: `the function made ${images.length} images of it; ${DROP_MAX_IMAGES} are allowed` };
    }
    return { kind: 'images', images: this.images(images) };
  }

  private request({ bucket, key, versionId, sha256, bytes, source, priority, preLabel }: GatedDrop, prefix: string): HookRequest {
    const header = inspect(bytes);
    return {
      contractVersion: HOOK_CONTRACT_VERSION,
      project: this.configuration.projectName,
      drop: { bucket, key, versionId, sha256, size: bytes.length, priority, preLabel },
      source: source ?? { bucket, key, ...(versionId === 'null' ? {} : { versionId }) },
      image: header.ok ? { type: header.type, orientation: header.orientation, ...uprightSize(header, header.orientation) } : undefined,
      output: {
        bucket: this.world.resources.inputBucket, prefix,
        maxImages: DROP_MAX_IMAGES, maxImageBytes: IMAGE_MAX_BYTES, maxImagePixels: IMAGE_MAX_PIXELS,
      },
    };
  }

  private async* images(answered: readonly HookImage[]): AsyncGenerator<EngineeredImage> {
    const staging = new Staging(this.world);
    try {
      for (const [index, image] of answered.entries()) {
        const { bytes } = await staging.read(image, `images[${index}]`);
        yield await givenImage(bytes, image, `images[${index}]`, this.configuration.task);
      }
      await this.watch.succeeded();
    } finally {
      await staging.clear();
    }
  }

}

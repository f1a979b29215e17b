// Artifacts as the API shows them (vvp.md §1.12, §4.6), and the request for an address that a large one can be sent to.
import * as z from 'zod';
import { faultOfArtifactName } from './artifact-name.ts';
import { fields } from './scalar.schema.ts';

const filename = z
  .string()
  .refine((name) => faultOfArtifactName(name) === undefined, { error: ({ input }) => faultOfArtifactName(String(input)) })
  .meta({ minLength: 1, maxLength: 255 });

export const artifactQuery = z.object({ filename });

const uploadedArtifact = z
  .object({
    filename: z.string(),
    /** As a jarUri or an additional dependency names it. */
    uri: z.string(),
    /** Whole seconds: clients parse exactly this form. */
    createTime: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  })
  .meta({ id: 'UploadedArtifact' });

export const artifactAnswerSchema = z.object({ artifact: uploadedArtifact }).meta({ id: 'ArtifactAnswer' });
export const artifactListSchema = z.object({ artifacts: z.array(uploadedArtifact) }).meta({ id: 'ListArtifactsAnswer' });

export const presignInputSchema = fields({ filename }).meta({ id: 'ArtifactUploadRequest' });
export const presignAnswerSchema = z
  .object({
    upload: z.object({
      method: z.literal('PUT'),
      url: z.string(),
      /** The address is good until then. */
      expireTime: z.string(),
    }),
  })
  .meta({ id: 'ArtifactUpload' });

// The legacy mode of names (D14, D32): clients of 2.0 to 2.3 put free text into metadata.name and address by id. The text becomes the displayName;
// a name is made of it as of any displayName. What is a name already stays one.
import { isMapping } from '../domain/document.ts';
import { isSlug } from '../domain/slug.ts';

/** The body of a write of a Deployment as it would be without the mode. */
export function withFreeName(body: unknown): unknown {
  if (!isMapping(body) || !isMapping(body.metadata)) return body;
  const { name, ...metadata } = body.metadata;
  if (typeof name !== 'string' || name.trim() === '' || isSlug(name)) return body;
  return { ...body, metadata: { ...metadata, displayName: metadata.displayName ?? name } };
}

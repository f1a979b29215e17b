// Thrown where something is put into a namespace that was removed meanwhile: whoever asked has to be told, nothing was done.

export class NamespaceGone extends Error {
  override readonly name = 'NamespaceGone';

  constructor(cause: unknown) {
    super('the namespace was removed meanwhile', { cause });
  }
}

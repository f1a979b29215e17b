// The shape of a handler: parsed input and the dependencies in, a Reply out. Handlers know nothing of HTTP but its success codes.
import type { Principal } from '../domain/access.ts';
import type { Answer, API, Body, Code, Params, Query, RouteName } from '../domain/api.schema.ts';
import type { FunctionDeps } from './deps.ts';
import type { IfMatch } from './if-match.ts';
import type { KeyedRequest } from './once.ts';
import type { IncomingFile } from './read-upload.ts';

export interface Input<Name extends RouteName> {
  readonly params: Params<Name>;
  readonly query: Query<Name>;
  readonly body: Body<Name>;
  /** Of a route that takes one. */
  readonly file: (typeof API)[Name] extends { readonly upload: string } ? IncomingFile : undefined;
  /** Scheme, host and port that the client used. */
  readonly origin: string;
  readonly principal: Principal;
  /** Of a POST with the header Idempotency-Key. */
  readonly requestKey?: KeyedRequest;
  /** Of a PUT, PATCH or DELETE with the header If-Match. */
  readonly ifMatch?: IfMatch;
}

interface Success<Name extends RouteName> {
  readonly code: Code<Name>;
  /** Sentences for `Warning` headers: what was accepted but may surprise. */
  readonly warnings?: readonly string[];
}

/** A list that is written piece by piece, so that none is too long to be held. */
export interface Listing<Kind extends string, Item> {
  readonly kind: Kind;
  readonly pages: AsyncIterable<readonly Item[]>;
}

/** What is no JSON document: text, or a stream of it. */
export interface Raw {
  readonly type: string;
  readonly content: string | ReadableStream<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
}

type ListOf<Name extends RouteName> =
  Answer<Name> extends { readonly kind: `${infer Kind}List`; readonly items: readonly (infer Item)[] } ? { readonly list: Listing<Kind, Item> } : never;
type RawOf<Name extends RouteName> = Answer<Name> extends string ? { readonly raw: Raw } : never;

export type Reply<Name extends RouteName> = Success<Name> & ({ readonly body: Answer<Name> } | ListOf<Name> | RawOf<Name>);

export type Handler<Name extends RouteName> = (input: Input<Name>, deps: FunctionDeps) => Promise<Reply<Name>> | Reply<Name>;

export type Handlers = { readonly [Name in RouteName]: Handler<Name> };

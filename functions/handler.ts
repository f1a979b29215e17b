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

export interface Reply<Name extends RouteName> {
  readonly code: Code<Name>;
  readonly body: Answer<Name>;
  /** Sentences for `Warning` headers: what was accepted but may surprise. */
  readonly warnings?: readonly string[];
}

export type Handler<Name extends RouteName> = (input: Input<Name>, deps: FunctionDeps) => Promise<Reply<Name>> | Reply<Name>;

export type Handlers = { readonly [Name in RouteName]: Handler<Name> };

// The event of an API Gateway HTTP API or a Lambda Function URL (payload format 2.0), as far as it is looked at here; the rest is the adapter's business.
import * as z from 'zod';

export const httpEvent = z.looseObject({
  rawPath: z.string().startsWith('/'),
  rawQueryString: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean(),
  requestContext: z.looseObject({ stage: z.string(), domainName: z.string(), http: z.looseObject({ method: z.string().min(1) }) }),
});

export type HttpEvent = z.infer<typeof httpEvent>;

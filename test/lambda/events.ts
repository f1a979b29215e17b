// Events as an HTTP API and a Function URL send them (payload format 2.0), with everything around the request that they bring along.

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly cookies?: readonly string[];
}

export function httpApiEvent({ method = 'GET', path, query = '', headers = {}, body, isBase64Encoded = false, cookies }: Asked, stage = '$default') {
  const domainName = 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: stage === '$default' ? path : `/${stage}${path}`,
    rawQueryString: query,
    ...(cookies === undefined ? {} : { cookies }),
    headers: {
      accept: '*/*',
      host: domainName,
      'user-agent': 'curl/8.7.1',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    requestContext: {
      accountId: '111122223333',
      apiId: 'a1b2c3d4e5',
      domainName,
      domainPrefix: 'a1b2c3d4e5',
      http: { method, path: stage === '$default' ? path : `/${stage}${path}`, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'curl/8.7.1' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      stage,
      time: '26/Nov/2026:10:00:00 +0000',
      timeEpoch: 1_795_687_200_000,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded,
  };
}

export function functionUrlEvent(asked: Asked) {
  const event = httpApiEvent(asked);
  const domainName = 'zmz7i3xqkdl4ua6tc4mrrh5n2e0abcde.lambda-url.eu-central-1.on.aws';
  const { requestContext } = event;
  return {
    ...event,
    headers: { ...event.headers, host: domainName },
    requestContext: {
      ...requestContext,
      accountId: 'anonymous',
      apiId: 'zmz7i3xqkdl4ua6tc4mrrh5n2e0abcde',
      domainName,
      domainPrefix: 'zmz7i3xqkdl4ua6tc4mrrh5n2e0abcde',
    },
  };
}
